"""Shares that fit a public commitment, or are named."""

import hashlib
import pickle
from itertools import combinations
from typing import Any

import pytest

import veilkit as vk
from veilkit import shamir
from veilkit.shamir import Commitment, KeyCommitment, KeyShare, VerifiableShare

SECRET = b"PIN 1234"
ORDER = 2**252 + 27742317777372353535851937790883648493


def deal(kind: str) -> tuple[Any, list[Any], Any]:
    if kind == "bytes":
        commitment, shares = shamir.split_verifiable(SECRET, threshold=3, shares=5)
        return commitment, shares, shamir.combine_verifiable
    key_commitment, key_shares = shamir.split_key(threshold=3, shares=5)
    return key_commitment, key_shares, shamir.combine_key


@pytest.fixture(params=["bytes", "key"])
def dealt(request: pytest.FixtureRequest) -> tuple[Any, list[Any], Any]:
    return deal(request.param)


def altered(share: Any) -> Any:
    data = bytearray(share.to_bytes())
    data[-32 if isinstance(share, KeyShare) else -40] ^= 1
    return type(share).from_bytes(data)


def test_any_threshold_shares_give_the_secret_back(dealt: tuple[Any, list[Any], Any]) -> None:
    commitment, shares, combine = dealt
    found = {combine(commitment, chosen) for chosen in combinations(shares, 3)}
    assert len(found) == 1 and combine(commitment, shares) in found
    for share in shares:
        share.verify(commitment)


def test_bytes_come_back() -> None:
    for secret in (SECRET, b"\0", bytes(range(256)) * 10):
        commitment, shares = shamir.split_verifiable(bytearray(secret), 2, 3)
        assert shamir.combine_verifiable(commitment, shares[1:]) == secret


def test_a_given_key_comes_back() -> None:
    key = (int.from_bytes(hashlib.sha512(b"key").digest(), "little") % ORDER).to_bytes(32, "little")
    commitment, shares = shamir.split_key(2, 3, key=key)
    assert shamir.combine_key(commitment, shares[:2]) == key
    again, _ = shamir.split_key(2, 3, key=key)
    assert again.public_key == commitment.public_key and again.set_id != commitment.set_id


def test_wrong_shares_are_named(dealt: tuple[Any, list[Any], Any]) -> None:
    commitment, shares, combine = dealt
    wrong = altered(shares[1])
    with pytest.raises(vk.CryptoError) as caught:
        wrong.verify(commitment)
    assert caught.value.culprits == (2,)
    with pytest.raises(vk.CryptoError) as caught:
        combine(commitment, [shares[0], wrong, shares[2], altered(shares[4])])
    assert caught.value.culprits == (2, 5)


def test_another_dealing_is_refused(dealt: tuple[Any, list[Any], Any]) -> None:
    commitment, shares, combine = dealt
    other, _, _ = deal("bytes" if isinstance(commitment, Commitment) else "key")
    assert other != commitment
    with pytest.raises(vk.CryptoError):
        shares[0].verify(other)
    with pytest.raises(vk.CryptoError):
        combine(other, shares)


def test_too_few_or_doubled_shares(dealt: tuple[Any, list[Any], Any]) -> None:
    commitment, shares, combine = dealt
    for chosen, name in [(shares[:2], "TooFewShares"), ([], "TooFewShares"), (shares[:2] * 2, "DuplicateParty")]:
        with pytest.raises(vk.ProtocolError) as caught:
            combine(commitment, chosen)
        assert caught.value.name == name


def test_bytes_are_checked(dealt: tuple[Any, list[Any], Any]) -> None:
    commitment, shares, _ = dealt
    for value in (commitment, shares[0]):
        data = value.to_bytes()
        assert type(value).from_bytes(data).to_bytes() == data
        for length in range(0, len(data), 3):
            with pytest.raises(vk.EncodingError):
                type(value).from_bytes(data[:length])
        with pytest.raises(vk.EncodingError):
            type(value).from_bytes(data + b"\0")
        with pytest.raises(TypeError):
            type(value).from_bytes("text")
    with pytest.raises(vk.EncodingError):
        Commitment.from_bytes(shamir.split_key(2, 2)[0].to_bytes())
    identity = bytearray(commitment.to_bytes())
    identity[-32:] = bytes(32)
    with pytest.raises(vk.EncodingError):
        type(commitment).from_bytes(identity)


def test_commitments_are_public_and_shares_are_not(dealt: tuple[Any, list[Any], Any]) -> None:
    commitment, shares, _ = dealt
    again = pickle.loads(pickle.dumps(commitment))
    assert again == commitment and hash(again) == hash(commitment) and bytes(again) == bytes(commitment)
    assert (commitment.threshold, commitment.shares) == (3, 5)
    assert {share.set_id for share in shares} == {commitment.set_id}
    assert [share.index for share in shares] == [1, 2, 3, 4, 5]
    assert shares[0] == type(shares[0]).from_bytes(shares[0].to_bytes()) and shares[0] != shares[1]
    for call in (lambda: pickle.dumps(shares[0]), lambda: hash(shares[0]), type(shares[0]), type(commitment)):
        with pytest.raises(TypeError):
            call()
    assert repr(shares[0]) in ("VerifiableShare(index=1, threshold=3, shares=5)", "KeyShare(index=1, threshold=3, shares=5)")


@pytest.mark.parametrize(("threshold", "shares"), [(1, 3), (4, 3), (0, 0), (2, 70_000), (-1, 3)])
def test_numbers_that_are_not_allowed(threshold: int, shares: int) -> None:
    for call in (lambda: shamir.split_verifiable(SECRET, threshold, shares), lambda: shamir.split_key(threshold, shares)):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "InvalidParams"


def test_secrets_and_keys_that_are_not_allowed() -> None:
    with pytest.raises(vk.ParameterError):
        shamir.split_verifiable(b"", 2, 3)
    with pytest.raises(vk.ParameterError):
        shamir.split_key(2, 3, key=bytes(32))
    for key in (b"", bytes(31), bytes([1]) * 33, ORDER.to_bytes(32, "little"), b"\xff" * 32):
        with pytest.raises(vk.EncodingError):
            shamir.split_key(2, 3, key=key)


def test_arguments_of_other_types() -> None:
    commitment, shares = shamir.split_verifiable(SECRET, 2, 3)
    key_commitment, key_shares = shamir.split_key(2, 3)
    calls: list[Any] = [
        lambda: shares[0].verify(key_commitment),  # type: ignore[arg-type]
        lambda: key_shares[0].verify(commitment),  # type: ignore[arg-type]
        lambda: shamir.combine_verifiable(commitment, key_shares),  # type: ignore[arg-type]
        lambda: shamir.combine_key(commitment, key_shares),  # type: ignore[arg-type]
        lambda: shamir.combine_key(key_commitment, [b"share"]),  # type: ignore[list-item]
        lambda: shamir.split_verifiable("text", 2, 3),  # type: ignore[arg-type]
        lambda: shamir.split_key(2.0, 3),  # type: ignore[arg-type]
        lambda: shamir.split_key(2, 3, key="key"),  # type: ignore[arg-type]
        lambda: shares[0].verify(None),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()
    assert isinstance(KeyCommitment.from_bytes(bytes(key_commitment)), KeyCommitment)
    assert isinstance(VerifiableShare.from_bytes(shares[0].to_bytes()), VerifiableShare)
