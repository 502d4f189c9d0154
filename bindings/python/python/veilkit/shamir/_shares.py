"""Shares of byte strings."""


from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from .. import _native
from .._checks import Buffer, as_bytes, as_count

class Share:
    """One holder's share of a secret. Secret itself: give each to its holder over a private channel.

    It is never printed or pickled; `to_bytes` writes it where it must be written.
    """

    __slots__ = ("_handle",)
    _handle: _native.ShamirShare

    def __init__(self) -> None:
        raise TypeError("use split or Share.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.ShamirShare) -> Share:
        share = object.__new__(cls)
        share._handle = handle
        return share

    @classmethod
    def from_bytes(cls, data: Buffer) -> Share:
        """Reads and validates an encoded share.

        Raises:
            EncodingError: bytes that are not a share.

        >>> share = split(b"secret", threshold=2, shares=3)[0]
        >>> Share.from_bytes(share.to_bytes()) == share
        True
        """
        return cls._wrap(_native.ShamirShare.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding, for its holder only."""
        return self._handle.to_bytes()

    def verify(self) -> None:
        """Checks the share against the commitment that it carries: finds damage, not a forger.

        Raises:
            CryptoError: the share was damaged; `culprits` holds its index.
        """
        self._handle.verify()

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
        """What names this dealing, 32 hexadecimal digits. Shares of two dealings never mix."""
        return self._handle.set_id.hex()

    @property
    def secret_len(self) -> int:
        """The length of the secret in bytes, which is public."""
        return self._handle.secret_len

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Share):
            return NotImplemented
        return self._handle.equals(other._handle)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Share(index={self.index}, threshold={self.threshold}, shares={self.shares})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a share is secret and is not pickled; write it with to_bytes where it must be written")


def split(secret: Buffer, threshold: int, shares: int) -> list[Share]:
    """Splits a secret so that any `threshold` of the `shares` give it back.

    Args:
        secret: bytes-like, not empty.
        threshold: shares needed, at least 2.
        shares: shares made, at most 255.

    Raises:
        ParameterError: numbers that are not allowed, or an empty or too long secret.

    >>> from veilkit import shamir
    >>> [share.index for share in shamir.split(b"secret", threshold=2, shares=3)]
    [1, 2, 3]
    """
    counts = as_count(threshold, "threshold"), as_count(shares, "shares")
    handles = _native.shamir_split(as_bytes(secret, "secret"), *counts)
    return [Share._wrap(handle) for handle in handles]


def combine(shares: Iterable[Share]) -> bytes:
    """Gives the secret back, if every share given is right.

    Raises:
        ProtocolError: fewer shares than the threshold, or one of them twice (`culprits` names it).
        ParameterError: shares of different dealings.
        CryptoError: wrong shares; `culprits` names them where that can be told.
    """
    return _native.shamir_combine(_handles(shares))


def combine_correcting(shares: Iterable[Share]) -> tuple[bytes, tuple[int, ...]]:
    """Gives the secret back although some shares are wrong, and the numbers of those.

    Raises:
        ProtocolError: fewer shares than the threshold, or one of them twice.
        CryptoError: too few of the shares are right.

    >>> shares = split(b"secret", threshold=2, shares=4)
    >>> damaged = bytearray(shares[2].to_bytes())
    >>> damaged[-1] ^= 1
    >>> combine_correcting([*shares[:2], Share.from_bytes(damaged)])
    (b'secret', (3,))
    """
    secret, wrong = _native.shamir_combine_correcting(_handles(shares))
    return secret, tuple(wrong)


def _handles(shares: Iterable[Share]) -> list[_native.ShamirShare]:
    listed = list(shares)
    if not all(isinstance(share, Share) for share in listed):
        raise TypeError("shares: must be Shares; read bytes with Share.from_bytes")
    return [share._handle for share in listed]
