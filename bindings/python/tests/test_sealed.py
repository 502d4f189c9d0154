"""Shares sealed to custodians: only the custodian opens them, and only as they were."""

import copy
import pickle
from typing import Any

import pytest

import veilkit as vk
from veilkit import shamir
from veilkit.shamir import Custodian, CustodianKey, SealedShare, seal


@pytest.fixture(scope="module")
def key() -> CustodianKey:
    return CustodianKey.generate()


def test_every_kind_of_share_comes_back(key: CustodianKey, every_kind: list[Any]) -> None:
    for share in every_kind:
        sealed = SealedShare.from_bytes(bytes(seal(share, key.custodian("Dr. Ada"))))
        assert (sealed.index, sealed.kind, sealed.custodian.name) == (share.index, type(share).__name__, "Dr. Ada")
        opened = sealed.open(key)
        assert type(opened) is type(share) and opened == share


def test_nobody_else_opens_it(key: CustodianKey) -> None:
    sealed = seal(shamir.split(b"secret", 2, 3)[1], key.custodian("Dr. Ada"))
    with pytest.raises(vk.ParameterError) as caught:
        sealed.open(CustodianKey.generate())
    assert caught.value.name == "ParamsMismatch"
    assert repr(sealed) == "SealedShare(kind='Share', index=2, custodian='Dr. Ada')"


def test_every_change_is_found(key: CustodianKey) -> None:
    sealed = seal(shamir.split(b"secret", 2, 3)[1], key.custodian("Ada")).to_bytes()
    opened = 0
    for place in range(9, len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 0x40
        try:
            SealedShare.from_bytes(changed).open(key)
            opened += 1
        except (vk.EncodingError, vk.CryptoError, vk.ParameterError):
            pass
    assert opened == 0
    for length in range(0, len(sealed), 5):
        with pytest.raises(vk.EncodingError):
            SealedShare.from_bytes(sealed[:length])


def test_a_kind_that_python_does_not_have(key: CustodianKey) -> None:
    changed = bytearray(seal(shamir.split(b"secret", 2, 3)[1], key.custodian("Ada")).to_bytes())
    changed[9:11] = b"\x02\x82"
    sealed = SealedShare.from_bytes(changed)
    assert sealed.kind == ""
    with pytest.raises(vk.ParameterError):
        sealed.open(key)


def test_custodians_are_public_values_and_keys_are_not(key: CustodianKey) -> None:
    custodian = key.custodian("Prof. Grün")
    assert custodian == Custodian("Prof. Grün", custodian.key) == Custodian.from_bytes(bytes(custodian))
    assert custodian != key.custodian("Dr. Ada") and hash(custodian) == hash(copy.copy(custodian))
    assert len(custodian.key) == 32 and custodian.key == CustodianKey.from_bytes(key.to_bytes()).custodian("x").key
    sealed = seal(shamir.split(b"secret", 2, 3)[0], custodian)
    assert pickle.loads(pickle.dumps(custodian)) == custodian and pickle.loads(pickle.dumps(sealed)) == sealed
    assert sealed != seal(shamir.split(b"secret", 2, 3)[0], custodian)
    assert repr(key) == "CustodianKey()"
    for call in (pickle.dumps, copy.copy, bytes):
        with pytest.raises(TypeError):
            call(key)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 129])
def test_names_that_are_not_allowed(key: CustodianKey, name: str) -> None:
    for call in (lambda: key.custodian(name), lambda: Custodian(name, key.custodian("Ada").key)):
        with pytest.raises(vk.ParameterError):
            call()


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(33), bytes(32), b"\1" + bytes(31), b"\xff" * 32])
def test_keys_that_are_not_allowed(public: bytes) -> None:
    with pytest.raises(vk.EncodingError):
        Custodian("Ada", public)


def test_arguments_of_other_types(key: CustodianKey) -> None:
    share = shamir.split(b"secret", 2, 3)[0]
    custodian = key.custodian("Ada")
    calls: list[Any] = [
        CustodianKey,
        SealedShare,
        lambda: seal(share.to_bytes(), custodian),  # type: ignore[arg-type]
        lambda: seal(share, key),  # type: ignore[arg-type]
        lambda: seal(share, custodian).open(custodian),  # type: ignore[arg-type]
        lambda: Custodian(b"Ada", custodian.key),  # type: ignore[arg-type]
        lambda: Custodian("Ada", custodian.key.hex()),  # type: ignore[arg-type]
        lambda: key.custodian(7),  # type: ignore[arg-type]
        lambda: CustodianKey.from_bytes("key"),  # type: ignore[arg-type]
        lambda: SealedShare.from_bytes(7),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()
