"""Shares that each holder checks against a public commitment: for bytes, and for uniformly random keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, NoReturn, TypeVar

from .. import _native
from .._checks import Buffer, as_bytes, as_count

C = TypeVar("C", _native.ShamirCommitment, _native.ShamirKeyCommitment)
S = TypeVar("S", _native.ShamirVerifiableShare, _native.ShamirKeyShare)


class _Commitment(Generic[C]):
    """What the dealer publishes. Every holder must see the same one: compare `set_id`."""

    __slots__ = ("_handle",)
    _handle: C

    def __init__(self, handle: C) -> None:
        self._handle = handle

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
        return type(self).from_bytes, (self.to_bytes(),)  # type: ignore[attr-defined]


class _Share(Generic[S]):
    """One holder's share. Secret: never printed or pickled; `to_bytes` writes it."""

    __slots__ = ("_handle",)
    _handle: S

    def __init__(self, handle: S) -> None:
        self._handle = handle

    def to_bytes(self) -> bytes:
        """The canonical encoding, for its holder only."""
        return self._handle.to_bytes()

    @property
    def index(self) -> int:
        """The number of the share, from 1."""
        return self._handle.index

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
        """What names the dealing, 64 hexadecimal digits."""
        return self._handle.set_id.hex()

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("shares are secret and not compared; compare index and set_id")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(index={self.index}, threshold={self.threshold}, shares={self.shares})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a share is secret and is not pickled; write it with to_bytes where it must be written")


class Commitment(_Commitment[_native.ShamirCommitment]):
    """What the dealer of `split_verifiable` publishes. It says nothing about the secret but its length."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> Commitment:
        """Reads and validates an encoded commitment.

        Raises:
            EncodingError: bytes that are not a commitment.
        """
        return cls(_native.ShamirCommitment.from_bytes(as_bytes(data, "data")))


class VerifiableShare(_Share[_native.ShamirVerifiableShare]):
    """One holder's share of bytes, from `split_verifiable`."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> VerifiableShare:
        """Reads and validates an encoded share.

        Raises:
            EncodingError: bytes that are not a verifiable share.
        """
        return cls(_native.ShamirVerifiableShare.from_bytes(as_bytes(data, "data")))

    def verify(self, commitment: Commitment) -> None:
        """Checks that the share is the one that the dealer committed to.

        Raises:
            CryptoError: it is not; `culprits` holds its index.
        """
        self._handle.verify(_checked(commitment, Commitment)._handle)


class KeyCommitment(_Commitment[_native.ShamirKeyCommitment]):
    """What the dealer of `split_key` publishes."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> KeyCommitment:
        """Reads and validates an encoded commitment.

        Raises:
            EncodingError: bytes that are not a commitment to a key.
        """
        return cls(_native.ShamirKeyCommitment.from_bytes(as_bytes(data, "data")))

    @property
    def public_key(self) -> bytes:
        """The generator of ristretto255 to the power of the key, 32 bytes."""
        return _native.shamir_public_key(self._handle)


class KeyShare(_Share[_native.ShamirKeyShare]):
    """One holder's share of a key, from `split_key`."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> KeyShare:
        """Reads and validates an encoded share.

        Raises:
            EncodingError: bytes that are not a share of a key.
        """
        return cls(_native.ShamirKeyShare.from_bytes(as_bytes(data, "data")))

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
    commitment, handles = _native.shamir_split_verifiable(as_bytes(secret, "secret"), *counts)
    return Commitment(commitment), [VerifiableShare(handle) for handle in handles]


def combine_verifiable(commitment: Commitment, shares: Iterable[VerifiableShare]) -> bytes:
    """Gives the secret back, after checking every share.

    Raises:
        ProtocolError: fewer shares than the threshold, or one of them twice.
        CryptoError: shares that do not fit the commitment; `culprits` names them.
    """
    handles = [_checked(share, VerifiableShare)._handle for share in shares]
    return _native.shamir_combine_verifiable(_checked(commitment, Commitment)._handle, handles)


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
    commitment, handles = _native.shamir_split_key(None if key is None else as_bytes(key, "key"), *counts)
    return KeyCommitment(commitment), [KeyShare(handle) for handle in handles]


def combine_key(commitment: KeyCommitment, shares: Iterable[KeyShare]) -> bytes:
    """Gives the 32 bytes of the key back, after checking every share.

    Raises:
        ProtocolError: fewer shares than the threshold, or one of them twice.
        CryptoError: shares that do not fit the commitment; `culprits` names them.
    """
    handles = [_checked(share, KeyShare)._handle for share in shares]
    return _native.shamir_combine_key(_checked(commitment, KeyCommitment)._handle, handles)


T = TypeVar("T")


def _checked(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"must be a {kind.__name__}, not {type(value).__name__}")
    return value
