"""Shared Paillier keys: enough parties decrypt; wrong, replayed and too few shares are refused, their makers named."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import paillier
from veilkit.paillier import DecryptionShare, KeyShare, Keypair, SecretKey, ThresholdSetup

PARTIES = ["north", "south", "registry"]


@pytest.fixture(scope="module")
def safe_key() -> SecretKey:
    """A key of safe primes: a new one takes seconds."""
    path = Path(__file__).parents[3] / "vectors" / "paillier_threshold" / "deal.json"
    inputs = json.loads(path.read_text())["tests"][0]["inputs"]
    return SecretKey.from_bytes(bytes.fromhex(inputs["paillier_secret_key"]))


@pytest.fixture(scope="module")
def dealt(safe_key: SecretKey) -> tuple[ThresholdSetup, list[KeyShare]]:
    return paillier.deal(PARTIES, 2, dealer="trust centre", secret_key=safe_key)


def shares_of(keys: list[KeyShare], encrypted: Any, session: str = "s") -> list[DecryptionShare]:
    return [key.decryption_share(encrypted, session=session) for key in keys]


def test_enough_parties_decrypt_whatever_was_computed(dealt: Any, safe_key: SecretKey) -> None:
    setup, keys = dealt
    x = setup.public_key.encrypt([[1.5, -2.0], [0.25, 1e6]])
    y = 2 * x + 1
    for chosen in (keys[:2], keys[1:], [keys[2], keys[0]], keys):
        opened = setup.combine(y, shares_of(chosen, y), session="s")
        np.testing.assert_array_equal(opened, safe_key.decrypt(y))
        assert opened.shape == (2, 2) and opened.dtype == np.float64
    integers = setup.public_key.encrypt([120, -7])
    assert setup.combine(integers, shares_of(keys[:2], integers), session=b"s").tolist() == [120, -7]
    one = setup.public_key.encrypt(5)
    assert setup.combine(one, shares_of(keys[:2], one), session="s") == 5
    none = setup.public_key.encrypt(np.zeros((0, 3)))
    assert setup.combine(none, shares_of(keys[:2], none), session="s").shape == (0, 3)
    large = setup.public_key.encrypt([2**62]) * 4
    assert setup.combine(large, shares_of(keys[:2], large), session="s").tolist() == [2**64]
    packed = setup.public_key.encrypt(np.arange(200), packed=True, bound=1000)
    assert setup.combine(packed, shares_of(keys[:2], packed), session="s").tolist() == list(range(200))


def test_facts(dealt: Any, safe_key: SecretKey) -> None:
    setup, keys = dealt
    assert (setup.dealer, setup.parties, setup.threshold) == ("trust centre", tuple(PARTIES), 2)
    assert setup.public_key.is_proven and setup.public_key == safe_key.public_key
    assert [key.party for key in keys] == [1, 2, 3] and keys[0].setup == setup
    assert len(setup.id) == 64 and setup.id[:8] in repr(keys[0])
    assert "trust centre" in repr(setup)
    again, _ = paillier.deal(PARTIES, 2, dealer="trust centre", secret_key=safe_key)
    assert again != setup and again.public_key == setup.public_key


def test_bytes_and_pickles(dealt: Any) -> None:
    setup, keys = dealt
    assert ThresholdSetup.from_bytes(bytes(setup), setup.public_key) == setup
    assert pickle.loads(pickle.dumps(setup)) == setup
    key = KeyShare.from_bytes(keys[0].to_bytes(), setup)
    x = setup.public_key.encrypt([1, 2])
    made = [key.decryption_share(x, session="s"), keys[1].decryption_share(x, session="s")]
    received = [DecryptionShare.from_bytes(bytes(made[0]), setup), pickle.loads(pickle.dumps(made[1]))]
    assert setup.combine(x, received, session="s").tolist() == [1, 2]
    for secret in (key, [key]):
        with pytest.raises(TypeError):
            pickle.dumps(secret)
    with pytest.raises(TypeError):
        _ = key == keys[0]
    assert keys[0].to_bytes().hex()[100:140] not in repr(keys[0])


def test_shares_agree_with_plain_integers(dealt: Any) -> None:
    """The scheme again, in integers of Python: parts, and the plaintext from them."""
    setup, keys = dealt
    x = setup.public_key.encrypt([120])
    (c,), n, factorial = x.to_integers(), setup.public_key.n, 6
    width = setup.public_key.bits // 4
    parts = {}
    for key in keys[1:]:
        secret = int.from_bytes(key.to_bytes()[-width:], "little")
        parts[key.party] = pow(c, 2 * factorial * secret, n * n)
        header, place = 9, 32 + 2 + 4
        sent = bytes(key.decryption_share(x, session="s"))[header + place :][:width]
        assert int.from_bytes(sent, "little") == parts[key.party]
    # 2 and 3: D 3 / (3 - 2) and D 2 / (2 - 3).
    opened = pow(parts[2], 2 * factorial * 3, n * n) * pow(parts[3], -2 * factorial * 2, n * n) % (n * n)
    assert opened % n == 1
    assert opened // n * pow(4 * factorial**2, -1, n) % n == 120


def test_wrong_shares_name_their_parties(dealt: Any) -> None:
    setup, keys = dealt
    x, y = setup.public_key.encrypt([1, 2]), setup.public_key.encrypt([1, 2])
    good = shares_of(keys, x)

    def refused(encrypted: Any, shares: Any, session: str = "s") -> tuple[str, tuple[int, ...]]:
        with pytest.raises(vk.VeilkitError) as caught:
            setup.combine(encrypted, shares, session=session)
        return caught.value.name, tuple(caught.value.culprits)

    assert refused(x, good[:1]) == ("TooFewShares", ())
    assert refused(x, [good[0], good[0]]) == ("DuplicateParty", (1,))
    assert refused(x, good, "another session") == ("VerificationFailed", (1, 2, 3))
    assert refused(y, good) == ("VerificationFailed", (1, 2, 3))
    data = bytearray(good[1].to_bytes())
    data[-1] ^= 1
    altered = DecryptionShare.from_bytes(data, setup)
    assert refused(x, [good[0], altered]) == ("VerificationFailed", (2,))
    with pytest.raises(vk.CryptoError) as caught:
        altered.verify(x, session="s")
    assert list(caught.value.culprits) == [2]
    good[1].verify(x, session="s")
    assert setup.combine(x, [good[0], good[2]], session="s").tolist() == [1, 2]


def test_things_of_other_keys_and_setups(dealt: Any, keys: Keypair, safe_key: SecretKey) -> None:
    setup, shares = dealt
    foreign = keys.public_key.encrypt([1])
    again, others = paillier.deal(PARTIES, 2, dealer="trust centre", secret_key=safe_key)
    x = setup.public_key.encrypt([1])
    for call in (
        lambda: shares[0].decryption_share(foreign, session="s"),
        lambda: setup.combine(foreign, [], session="s"),
        lambda: ThresholdSetup.from_bytes(bytes(setup), keys.public_key),
        lambda: KeyShare.from_bytes(shares[0].to_bytes(), again),
        lambda: DecryptionShare.from_bytes(bytes(shares_of(shares[:1], x)[0]), again),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "ParamsMismatch"
    with pytest.raises(vk.CryptoError) as mixed:
        setup.combine(x, [*shares_of(shares[:1], x), *shares_of(others[1:2], x)], session="s")
    assert list(mixed.value.culprits) == [2]


def test_what_cannot_be_dealt(keys: Keypair) -> None:
    for parties, threshold, dealer in (
        (["a"], 1, "d"),
        (["a", "b"], 1, "d"),
        (["a", "b"], 3, "d"),
        (["a", "a"], 2, "d"),
        (["a", ""], 2, "d"),
        (["a", "b"], 2, ""),
        (["a", "b\n"], 2, "d"),
        ([str(number) for number in range(256)], 2, "d"),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            paillier.deal(parties, threshold, dealer=dealer)  # refused before the search for primes
        assert caught.value.name == "InvalidParams"
    with pytest.raises(vk.ParameterError) as unsafe:
        paillier.deal(["a", "b"], 2, dealer="d", secret_key=keys.secret_key)
    assert unsafe.value.name == "InvalidParams"
    with pytest.raises(vk.ParameterError):
        paillier.deal(["a", "b"], 2, dealer="d", bits=1024)


def test_arguments_of_other_types(dealt: Any, safe_key: SecretKey) -> None:
    setup, keys = dealt
    x: Any = setup.public_key.encrypt([1])
    wrong: Any = 3
    for call in (
        lambda: paillier.deal([1, 2], 2, dealer="d"),  # type: ignore[list-item]
        lambda: paillier.deal(["a", "b"], 2, dealer=wrong),
        lambda: paillier.deal(["a", "b"], 2.5, dealer="d"),  # type: ignore[arg-type]
        lambda: paillier.deal(["a", "b"], 2, dealer="d", secret_key=wrong),
        lambda: setup.combine(wrong, [], session="s"),
        lambda: setup.combine(x, [wrong], session="s"),
        lambda: setup.combine(x, [], session=wrong),
        lambda: keys[0].decryption_share(wrong, session="s"),
        lambda: keys[0].decryption_share(x, session=None),
        lambda: ThresholdSetup.from_bytes(b"", wrong),
        lambda: KeyShare.from_bytes(b"", wrong),
        lambda: DecryptionShare.from_bytes(b"", wrong),
        ThresholdSetup,
        KeyShare,
        DecryptionShare,
    ):
        with pytest.raises(TypeError):
            call()


def test_long_work_is_told_and_stopped(dealt: Any) -> None:
    setup, keys = dealt
    x = setup.public_key.encrypt(np.arange(40))
    told: list[tuple[int, int]] = []
    made = [key.decryption_share(x, session="s", progress=lambda *now: told.append(now)) for key in keys[:2]]
    assert told[-1] == (40, 40)
    setup.combine(x, made, session="s", progress=lambda *now: told.append(now))
    assert told[-1] == (40, 40)

    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        keys[0].decryption_share(setup.public_key.encrypt(np.arange(500)), session="s", progress=stop)
