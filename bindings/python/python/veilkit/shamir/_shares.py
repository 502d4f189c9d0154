"""Shares of byte strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from .. import _native
from .._checks import Buffer, as_bytes, as_count
from .._progress import Progress, reporting
from ..errors import error
from ._share import ThresholdShare, handles


class Share(ThresholdShare[_native.ShamirShare]):
    """One holder's share of a secret, from `split`. Secret itself: give each to its holder over a private channel."""

    __slots__ = ()
    _handle: _native.ShamirShare
    _class: ClassVar[type[Any]] = _native.ShamirShare

    def verify(self) -> None:
        """Checks the share against the commitment that it carries: finds damage, not a forger.

        Raises:
            CryptoError: the share was damaged; `culprits` holds its index.
        """
        self._handle.verify()

    @property
    def secret_len(self) -> int:
        """The length of the secret in bytes, which is public."""
        return self._handle.secret_len


def split(secret: Buffer, threshold: int, shares: int, *, progress: Progress = False) -> list[Share]:
    """Splits a secret so that any `threshold` of the `shares` give it back.

    Args:
        secret: bytes-like, not empty, at most 1 GiB.
        threshold: shares needed, at least 2.
        shares: shares made, at most 255.
        progress: True for a bar, or a function of ``(done, total)``.

    Raises:
        ParameterError: numbers that are not allowed, or an empty or too long secret.

    >>> from veilkit import shamir
    >>> [share.index for share in shamir.split(b"secret", threshold=2, shares=3)]
    [1, 2, 3]
    """
    counts = as_count(threshold, "threshold"), as_count(shares, "shares")
    with reporting(progress, "split") as report:
        return [Share._wrap(handle) for handle in _native.shamir_split(as_bytes(secret, "secret"), *counts, report)]


def combine(shares: Iterable[Share], *, progress: Progress = False) -> bytes:
    """Gives the secret back, if every share given is right.

    Args:
        shares: at least as many as the threshold.
        progress: True for a bar, or a function of ``(done, total)``.

    Raises:
        ProtocolError: fewer shares than the threshold, or one of them twice (`culprits` names it).
        ParameterError: shares of different dealings.
        CryptoError: wrong shares; `culprits` names them where that can be told.
    """
    with reporting(progress, "combine") as report:
        return _native.shamir_combine(handles(shares, Share), report)


def combine_correcting(shares: Iterable[Share], *, progress: Progress = False) -> tuple[bytes, tuple[int, ...]]:
    """Gives the secret back although some shares are wrong, and the numbers of those.

    Args:
        shares: at least as many right ones as the threshold.
        progress: True for a bar, or a function of ``(done, total)``.

    Raises:
        ProtocolError: fewer shares than the threshold, or one of them twice.
        CryptoError: too few of the shares are right.

    >>> shares = split(b"secret", threshold=2, shares=4)
    >>> damaged = bytearray(shares[2].to_bytes())
    >>> damaged[-1] ^= 1
    >>> combine_correcting([*shares[:2], Share.from_bytes(damaged)])
    (b'secret', (3,))
    """
    with reporting(progress, "combine") as report:
        secret, wrong = _native.shamir_combine_correcting(handles(shares, Share), report)
    return secret, tuple(wrong)


def correct(shares: Mapping[int, Buffer], threshold: int) -> tuple[bytes, tuple[int, ...]]:
    """Gives the secret of bare shares of other software back, and the numbers of those that are wrong.

    A bare share is the values of one polynomial for each byte, over GF(2^8) with the polynomial of AES, at the share's number.
    Nothing but the agreement of the shares says what is right: of `m` shares, ``(m - threshold) // 2`` wrong ones are found.

    Args:
        shares: the payload of each share, by its number from 1 to 255: at least one more than the threshold.
        threshold: how many shares give the secret back.

    Raises:
        ProtocolError: no share to spare.
        ParameterError: numbers that are not allowed, or payloads of different lengths.
        CryptoError: more shares are wrong than can be found.

    >>> correct({1: b"A", 2: b"B", 3: b"C", 4: b"!", 5: b"E"}, threshold=2)
    (b'@', (4,))
    """
    if not isinstance(shares, Mapping):
        raise TypeError("shares: must map the number of each share to its bytes")
    listed = [(as_count(number, "number"), as_bytes(payload, "share")) for number, payload in shares.items()]
    if not all(0 < number < 256 for number, _ in listed):
        raise error("OutOfRange", "shares: a number that is not from 1 to 255")
    secret, wrong = _native.shamir_correct(listed, as_count(threshold, "threshold"))
    return secret, tuple(wrong)
