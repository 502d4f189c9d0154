"""Shares sealed to their custodian's public key: safe to mail, to store and to carry."""

from __future__ import annotations

from typing import Any, NoReturn

from .. import _native
from .._checks import Buffer, as_bytes, as_text
from ..errors import error
from ._packed import PackedShare
from ._paper import Card
from ._policy import PolicyShare
from ._share import AnyShare
from ._shares import Share
from ._verifiable import KeyShare, VerifiableShare

KINDS: tuple[type[AnyShare[Any]], ...] = (Share, Card, PolicyShare, VerifiableShare, KeyShare, PackedShare)


class CustodianKey:
    """A custodian's secret key, made and kept by the custodian. Never printed or pickled; `to_bytes` writes it.

    >>> key = CustodianKey.generate()
    >>> key.custodian("Dr. Ada")
    Custodian(name='Dr. Ada', key='...')
    """

    __slots__ = ("_handle",)
    _handle: _native.ShamirCustodianKey

    def __init__(self) -> None:
        raise TypeError("use CustodianKey.generate or CustodianKey.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.ShamirCustodianKey) -> CustodianKey:
        key = object.__new__(cls)
        key._handle = handle
        return key

    @classmethod
    def generate(cls) -> CustodianKey:
        """Draws a new key from the operating system."""
        return cls._wrap(_native.ShamirCustodianKey.generate())

    @classmethod
    def from_bytes(cls, data: Buffer) -> CustodianKey:
        """Reads an encoded key.

        Raises:
            EncodingError: bytes that are not a custodian's key.
        """
        return cls._wrap(_native.ShamirCustodianKey.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding, for its owner only."""
        return self._handle.to_bytes()

    def custodian(self, name: str) -> Custodian:
        """The public half with a name, for those who seal.

        Raises:
            ParameterError: a name that is empty, longer than 128 bytes, or has control characters.
        """
        return Custodian._wrap(self._handle.custodian(as_text(name, "name")))

    def __repr__(self) -> str:
        return "CustodianKey()"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a custodian's key is secret and is not pickled; write it with to_bytes where it must be written")


class Custodian:
    """Who can open what is sealed to them: a name and a public key. Compare both with the custodian out of band.

    Args:
        name: at most 128 bytes, without control characters.
        key: the 32 bytes of an X25519 public key.

    Raises:
        ParameterError: a name that is not allowed.
        EncodingError: a key that is none, or a weak one.
    """

    __slots__ = ("_handle",)
    _handle: _native.ShamirCustodian

    def __init__(self, name: str, key: Buffer) -> None:
        self._handle = _native.ShamirCustodian.make(as_text(name, "name"), as_bytes(key, "key"))

    @classmethod
    def _wrap(cls, handle: _native.ShamirCustodian) -> Custodian:
        custodian = object.__new__(cls)
        custodian._handle = handle
        return custodian

    @classmethod
    def from_bytes(cls, data: Buffer) -> Custodian:
        """Reads and validates an encoded custodian.

        Raises:
            EncodingError: bytes that are not a custodian.
        """
        return cls._wrap(_native.ShamirCustodian.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def name(self) -> str:
        """The name."""
        return self._handle.name

    @property
    def key(self) -> bytes:
        """The public key, 32 bytes."""
        return self._handle.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Custodian) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return f"Custodian(name={self.name!r}, key={self.key.hex()[:16]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Custodian.from_bytes, (self.to_bytes(),)


class SealedShare:
    """A share that only its custodian can open, from `seal`. Public: it tells the share's kind, index and custodian."""

    __slots__ = ("_handle",)
    _handle: _native.ShamirSealedShare

    def __init__(self) -> None:
        raise TypeError("use seal or SealedShare.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.ShamirSealedShare) -> SealedShare:
        sealed = object.__new__(cls)
        sealed._handle = handle
        return sealed

    @classmethod
    def from_bytes(cls, data: Buffer) -> SealedShare:
        """Reads and validates an encoded sealed share.

        Raises:
            EncodingError: bytes that are not a sealed share.
        """
        return cls._wrap(_native.ShamirSealedShare.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def index(self) -> int:
        """The number of the share inside."""
        return self._handle.index

    @property
    def custodian(self) -> Custodian:
        """Who can open it."""
        return Custodian._wrap(self._handle.custodian)

    @property
    def kind(self) -> str:
        """The class of the share inside, by its name, as far as the sender says; empty for one that Python does not have."""
        return next((kind.__name__ for kind in KINDS if kind._class.is_in(self._handle)), "")

    def open(self, key: CustodianKey) -> AnyShare[Any]:
        """Opens the share; it is of the class that `kind` names.

        Raises:
            ParameterError: another custodian's key, or a kind of share that Python does not have.
            CryptoError: anything was changed, or the sender sealed another share than it said (`culprits` holds its index).
        """
        if not isinstance(key, CustodianKey):
            raise TypeError(f"key: must be a CustodianKey, not {type(key).__name__}")
        for kind in KINDS:
            if kind._class.is_in(self._handle):
                return kind._wrap(kind._class.open(self._handle, key._handle))
        raise error("ParamsMismatch", "sealed share: of a kind that Python does not have")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SealedShare) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return f"SealedShare(kind={self.kind!r}, index={self.index}, custodian={self.custodian.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return SealedShare.from_bytes, (self.to_bytes(),)


def seal(share: AnyShare[Any], custodian: Custodian) -> SealedShare:
    """Seals a share of any kind to a custodian, who alone can open it. [RFC 9180: HPKE, base mode]

    The seal binds kind, set and index of the share and the custodian's name and key. It does not say who sealed: anyone can
    seal a share to a custodian.

    >>> from veilkit import shamir
    >>> key = shamir.CustodianKey.generate()
    >>> shares = shamir.split(b"the key of the archive", threshold=2, shares=3)
    >>> mail = shamir.seal(shares[0], key.custodian("Dr. Ada")).to_bytes()
    >>> shamir.SealedShare.from_bytes(mail)
    SealedShare(kind='Share', index=1, custodian='Dr. Ada')
    >>> shamir.SealedShare.from_bytes(mail).open(key) == shares[0]
    True
    """
    if not isinstance(share, AnyShare) or not isinstance(custodian, Custodian):
        raise TypeError("share and custodian: must be a share and a Custodian")
    return SealedShare._wrap(share._handle.seal(custodian._handle))
