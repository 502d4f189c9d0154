"""Secret sharing from Python: round trips, wrong shares named, bad input refused with a typed error."""

import os
import pickle
from itertools import combinations

import pytest

import veilkit as vk
from veilkit.shamir import Share, combine, combine_correcting, correct, split

SECRET = b"a secret of some length"


@pytest.fixture()
def shares() -> list[Share]:
    return split(SECRET, threshold=3, shares=5)


def damaged(share: Share) -> Share:
    data = bytearray(share.to_bytes())
    data[-1] ^= 0x40
    return Share.from_bytes(data)


def test_any_threshold_shares_give_the_secret_back(shares: list[Share]) -> None:
    for chosen in combinations(shares, 3):
        assert combine(chosen) == SECRET
    assert combine(reversed(shares)) == SECRET


def test_long_secrets_and_every_bytes_like_type() -> None:
    secret = os.urandom(200_000)
    for given in (secret, bytearray(secret), memoryview(secret)):
        assert combine(split(given, 2, 3)[1:]) == secret


def test_progress_is_told_and_stops_the_work() -> None:
    seen: list[tuple[int, int]] = []
    secret = bytes(1 << 24)
    shares = split(secret, 2, 3, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (128 + 3, 128 + 3) and seen == sorted(seen)
    for call in (combine, combine_correcting):
        seen.clear()
        call(shares, progress=lambda done, total: seen.append((done, total)))
        assert seen[-1][0] == seen[-1][1] > 100

    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    for stopped in (lambda: split(secret, 2, 3, progress=stop), lambda: combine(shares, progress=stop)):
        with pytest.raises(Enough):
            stopped()
    with pytest.raises(TypeError):
        split(secret, 2, 3, progress="bar")  # type: ignore[arg-type]


def test_public_facts(shares: list[Share]) -> None:
    assert [share.index for share in shares] == [1, 2, 3, 4, 5]
    assert {(s.threshold, s.shares, s.secret_len) for s in shares} == {(3, 5, len(SECRET))}
    assert len({share.set_id for share in shares}) == 1 and len(shares[0].set_id) == 32
    assert split(SECRET, 3, 5)[0].set_id != shares[0].set_id


def test_too_few_and_doubled_shares(shares: list[Share]) -> None:
    with pytest.raises(vk.ProtocolError) as caught:
        combine(shares[:2])
    assert caught.value.name == "TooFewShares"
    with pytest.raises(vk.ProtocolError):
        combine([])
    with pytest.raises(vk.ProtocolError) as caught:
        combine([shares[0], shares[1], shares[1]])
    assert (caught.value.name, caught.value.culprits) == ("DuplicateParty", (2,))


def test_a_wrong_share_is_named(shares: list[Share]) -> None:
    wrong = damaged(shares[1])
    with pytest.raises(vk.CryptoError) as caught:
        combine([shares[0], wrong, shares[2]])
    assert caught.value.culprits == (2,)
    with pytest.raises(vk.CryptoError) as caught:
        wrong.verify()
    assert caught.value.culprits == (2,)
    shares[1].verify()


def test_correction_goes_on_without_wrong_shares(shares: list[Share]) -> None:
    assert combine_correcting(shares) == (SECRET, ())
    assert combine_correcting([shares[0], damaged(shares[1]), *shares[2:]]) == (SECRET, (2,))
    with pytest.raises(vk.CryptoError):
        combine_correcting([shares[0], damaged(shares[1]), damaged(shares[2])])


def times(a: int, b: int) -> int:
    """The product in GF(2^8), digit by digit."""
    product = 0
    for bit in range(8):
        product ^= (a << bit) * (b >> bit & 1)
    for bit in range(14, 7, -1):
        product ^= (0x11B << (bit - 8)) * (product >> bit & 1)
    return product


def test_bare_shares_of_other_software() -> None:
    slope, curve = os.urandom(len(SECRET)), os.urandom(len(SECRET))
    bare = {
        x: bytes(s ^ times(x, a) ^ times(times(x, x), b) for s, a, b in zip(SECRET, slope, curve, strict=True))
        for x in (1, 2, 9, 77, 200, 254, 255)
    }
    assert correct(bare, 3) == (SECRET, ()) == correct({x: bare[x] for x in (255, 2, 77, 9)}, 3)
    wrong = bare | {9: bytes(len(SECRET)), 255: bytearray(SECRET)}
    assert correct(wrong, 3) == (SECRET, (9, 255))
    with pytest.raises(vk.CryptoError):
        correct(wrong | {1: bytes(len(SECRET))}, 3)
    for shares, threshold, error in [
        ({x: bare[x] for x in (1, 2, 9)}, 3, vk.ProtocolError),
        (bare | {1: b"short"}, 3, vk.ParameterError),
        (bare | {0: SECRET}, 3, vk.ParameterError),
        (bare | {256: SECRET}, 3, vk.ParameterError),
        (bare, 1, vk.ParameterError),
        ({1: b"", 2: b"", 3: b""}, 2, vk.ParameterError),
    ]:
        with pytest.raises(error):
            correct(shares, threshold)
    for given in ([SECRET], {1: "text"}, {1.0: SECRET}, None):
        with pytest.raises(TypeError):
            correct(given, 2)  # type: ignore[arg-type]


def test_shares_of_two_sets_do_not_mix(shares: list[Share]) -> None:
    with pytest.raises(vk.ParameterError) as caught:
        combine([*shares[:3], split(SECRET, 3, 5)[4]])
    assert (caught.value.name, caught.value.culprits) == ("ParamsMismatch", (5,))


@pytest.mark.parametrize(
    ("threshold", "count"), [(0, 5), (1, 5), (6, 5), (2, 256), (-1, 5), (2, -5), (2, 1 << 70), (1 << 70, 2)]
)
def test_numbers_that_are_not_allowed(threshold: int, count: int) -> None:
    with pytest.raises(vk.ParameterError) as caught:
        split(SECRET, threshold, count)
    assert caught.value.code == 10


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(vk.ParameterError):
        split(b"", 2, 3)


@pytest.mark.parametrize("secret", ["text", 7, None, [1, 2], object()])
def test_a_secret_of_a_wrong_type(secret: object) -> None:
    with pytest.raises(TypeError):
        split(secret, 2, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [None, 7, [b"share"], ["share"], [None]])
def test_shares_of_a_wrong_type(given: object) -> None:
    with pytest.raises(TypeError):
        combine(given)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        combine_correcting(given)  # type: ignore[arg-type]


def test_counts_of_a_wrong_type() -> None:
    with pytest.raises(TypeError):
        split(SECRET, 2.0, 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        split(SECRET, 2, "3")  # type: ignore[arg-type]


def test_bytes_are_checked(shares: list[Share]) -> None:
    data = shares[0].to_bytes()
    assert Share.from_bytes(data) == shares[0]
    assert Share.from_bytes(memoryview(data)).to_bytes() == data
    for length in range(0, len(data), 7):
        with pytest.raises(vk.EncodingError):
            Share.from_bytes(data[:length])
    with pytest.raises(vk.EncodingError) as caught:
        Share.from_bytes(data + b"\0")
    assert caught.value.name == "TrailingBytes"
    index_zero = bytearray(data)
    index_zero[9 + 16 + 2] = 0
    with pytest.raises(vk.EncodingError):
        Share.from_bytes(index_zero)
    with pytest.raises(TypeError):
        Share.from_bytes("text")  # type: ignore[arg-type]


def test_a_share_keeps_its_secret(shares: list[Share]) -> None:
    share = split(b"\xaa" * 40, 2, 2)[0]
    shown = repr(share) + str(share)
    assert shown == "Share(index=1, threshold=2, shares=2)" * 2
    with pytest.raises(TypeError, match="to_bytes"):
        pickle.dumps(share)
    with pytest.raises(TypeError):
        hash(share)
    with pytest.raises(TypeError):
        bytes(share)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        Share()
    assert share != shares[0] and share != "share"
