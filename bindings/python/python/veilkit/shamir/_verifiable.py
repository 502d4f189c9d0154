"""Shares that each holder checks against a public commitment: for bytes, and for uniformly random keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from .. import _native
from .._checks import Buffer, as_bytes, as_count
from ._share import ThresholdShare, handles

if TYPE_CHECKING:
    from typing_extensions import Self

C = TypeVar("C", _native.ShamirCommitment, _native.ShamirKeyCommitment)


class _Commitment(Generic[C]):
    """What the dealer publishes. Every holder must see the same one: compare `set_id`."""

    __slots__ = ("_handle",)
    _handle: C
    _class: ClassVar[type[Any]]

    def __init__(self) -> None:
        raise TypeError(f"a {type(self).__name__} comes from splitting or from {type(self).__name__}.from_bytes")

    @classmethod
    def _wrap(cls, handle: C) -> Self:
        commitment = object.__new__(cls)
        commitment._handle = handle
        return commitment

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Reads and validates an encoded commitment.

        Raises:
            EncodingError: bytes that are not a commitment of this kind.
        """
        return cls._wrap(cls._class.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def threshold(self) -> int:
        """How many shares give the secret back."""
        return self._handle.threshold

    @property
    def shares(self) -> int:
        """How many shares were made."""
        return self._handle.shares

    @property
    def set_id(self) -> str:
        """What names the dealing: a hash of the commitment, 64 hexadecimal digits."""
        return self._handle.set_id.hex()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.set_id == other.set_id

    def __hash__(self) -> int:
        return hash(self.set_id)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(threshold={self.threshold}, shares={self.shares}, set_id={self.set_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)


class Commitment(_Commitment[_native.ShamirCommitment]):
    """What the dealer of `split_verifiable` publishes. It says nothing about the secret but its length."""

    __slots__ = ()
    _class: ClassVar[type[Any]] = _native.ShamirCommitment


class VerifiableShare(ThresholdShare[_native.ShamirVerifiableShare]):
    """One holder's share of bytes, from `split_verifiable`."""

    __slots__ = ()
    _handle: _native.ShamirVerifiableShare
    _class: ClassVar[type[Any]] = _native.ShamirVerifiableShare

    def verify(self, commitment: Commitment) -> None:
        """Checks that the share is the one that the dealer committed to.

        Raises:
            CryptoError: it is not; `culprits` holds its index.
        """
        self._handle.verify(_checked(commitment, Commitment)._handle)


class KeyCommitment(_Commitment[_native.ShamirKeyCommitment]):
    """What the dealer of `split_key` publishes."""

    __slots__ = ()
    _class: ClassVar[type[Any]] = _native.ShamirKeyCommitment

    @property
    def public_key(self) -> bytes:
        """The generator of ristretto255 to the power of the key, 32 bytes."""
        return self._handle.public_key


class KeyShare(ThresholdShare[_native.ShamirKeyShare]):
    """One holder's share of a key, from `split_key`."""

    __slots__ = ()
    _handle: _native.ShamirKeyShare
    _class: ClassVar[type[Any]] = _native.ShamirKeyShare

    def verify(self, commitment: KeyCommitment) -> None:
        """Checks that the share is the one that the dealer committed to.

        Raises:
            CryptoError: it is not; `culprits` holds its index.
        """
        self._handle.verify(_checked(commitment, KeyCommitment)._handle)


def split_verifiable(secret: Buffer, threshold: int, shares: int) -> tuple[Commitment, list[VerifiableShare]]:
    """Splits a secret so that each holder can check its share against a commitment that hides the secret. [Pedersen 1991]

    Args:
        secret: bytes-like, not empty.
        threshold: shares needed, at least 2.
        shares: shares made, at most 65,535.

    Raises:
        ParameterError: numbers that are not allowed, or an empty or too long secret.

    >>> from veilkit import shamir
    >>> commitment, shares = shamir.split_verifiable(b"PIN 1234", threshold=2, shares=3)
    >>> shares[1].verify(commitment)
    >>> shamir.combine_verifiable(commitment, shares[:2])
    b'PIN 1234'
    """
    counts = as_count(threshold, "threshold"), as_count(shares, "shares")
    commitment, dealt = _native.shamir_split_verifiable(as_bytes(secret, "secret"), *counts)
    return Commitment._wrap(commitment), [VerifiableShare._wrap(handle) for handle in dealt]


def combine_verifiable(commitment: Commitment, shares: Iterable[VerifiableShare]) -> bytes:
    """Gives the secret back, after checking every share.

    Raises:
        ProtocolError: fewer shares than the threshold, or one of them twice.
        CryptoError: shares that do not fit the commitment; `culprits` names them.
    """
    return _native.shamir_combine_verifiable(
        _checked(commitment, Commitment)._handle, handles(shares, VerifiableShare)
    )


def split_key(threshold: int, shares: int, *, key: Buffer | None = None) -> tuple[KeyCommitment, list[KeyShare]]:
    """Splits a uniformly random key of ristretto255 so that each holder can check its share. [Feldman 1987]

    The commitment tells the public key, so a secret that can be guessed would be found by trying: for those there is
    `split_verifiable`.

    Args:
        threshold: shares needed, at least 2.
        shares: shares made, at most 65,535.
        key: 32 bytes, a canonical scalar drawn uniformly; a fresh one that nobody gets to see if absent.

    Raises:
        ParameterError: numbers that are not allowed, or a key of zero.
        EncodingError: a key that is no scalar.

    >>> from veilkit import shamir
    >>> commitment, shares = shamir.split_key(threshold=2, shares=3)
    >>> len(commitment.public_key), len(shamir.combine_key(commitment, shares[1:]))
    (32, 32)
    """
    counts = as_count(threshold, "threshold"), as_count(shares, "shares")
    commitment, dealt = _native.shamir_split_key(None if key is None else as_bytes(key, "key"), *counts)
    return KeyCommitment._wrap(commitment), [KeyShare._wrap(handle) for handle in dealt]


def combine_key(commitment: KeyCommitment, shares: Iterable[KeyShare]) -> bytes:
    """Gives the 32 bytes of the key back, after checking every share.

    Raises:
        ProtocolError: fewer shares than the threshold, or one of them twice.
        CryptoError: shares that do not fit the commitment; `culprits` names them.
    """
    return _native.shamir_combine_key(_checked(commitment, KeyCommitment)._handle, handles(shares, KeyShare))


T = TypeVar("T")


def _checked(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"must be a {kind.__name__}, not {type(value).__name__}")
    return value
