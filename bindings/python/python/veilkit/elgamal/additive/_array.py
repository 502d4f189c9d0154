"""Encrypted arrays with the operators of numpy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy.typing as npt

from ... import _native
from ..._checks import Buffer, as_bytes
from ..._operators import ArrayOperators
from ..._progress import Progress
from . import _keys

CONSTANTS = (bool, int, float)
"""Numbers of Python itself: numpy's have types of their own, also those that derive from these."""


class EncryptedArray(ArrayOperators[_native.ElGamalArray, "_keys.PublicKey"]):
    """An array of encrypted numbers with the operators of numpy, made by `encrypt` or `from_bytes`.

    ``+ - *`` with plain numbers and arrays on either side, ``+ -`` between encrypted arrays of one key, ``@`` with a
    plain array on either side, `sum`, `mean`, `dot`; shapes broadcast as in numpy. Plain operands follow the rule of
    `encrypt`: integers and booleans are exact integers, floats are fixed point at the key's scale. ``/`` by plain numbers
    multiplies by the reciprocal at that scale, and is refused where this would be off by more than 2^-26.

    A public bound on the absolute values is carried along. The operation whose result decryption might not find raises
    `EvaluationError`; declare tight bounds (``encrypt(bound=)``, ``multiply(bound=)``, ``dot(bound=)``) to leave more room.
    A number of Python (`int`, `float`, `bool`) as an operand is a constant of the program: it is taken to be public, and its
    size counts. Numbers in numpy arrays are taken to be secret: without a declared bound the key's range counts.

    What does not exist on encrypted numbers raises `TypeError`: comparison, truth, conversion to a numpy array,
    multiplication of two encrypted arrays.

    >>> keys = generate_keypair()
    >>> x = keys.public_key.encrypt([[1, 2], [3, 4]], bound=10)
    >>> keys.secret_key.decrypt(x.sum(axis=0) * 3 - [1, 2])
    array([11, 16])
    """

    __slots__ = ()

    def __repr__(self) -> str:
        key = self._public_key.key_id[:8]
        return f"EncryptedArray(shape={self.shape}, kind={self.kind!r}, scheme='elgamal', key={key!r})"

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> EncryptedArray:
        """Reads and validates an encoded array.

        Raises:
            EncodingError: bytes that are not an array of ciphertexts.
            ParameterError: encrypted under another key.
        """
        key = _keys.require_key(public_key)
        return cls._wrap(_native.ElGamalArray.from_bytes(as_bytes(data, "data"), key._handle), key)

    def _constant_bound(self, other: Any) -> float | None:
        return abs(other) if type(other) in CONSTANTS and math.isfinite(other) else None

    def multiply(
        self,
        factor: npt.ArrayLike,
        *,
        bound: float | None = None,
        public: bool = False,
        progress: Progress = False,
    ) -> EncryptedArray:
        """Each element times a plain number, as ``*`` does.

        Args:
            factor: plain numbers that broadcast with this array.
            bound: a **public** bound on their absolute values: saves time and headroom.
            public: the factors are no secret, so their actual sizes count and the time taken may depend on them. So it is
                for a number of Python (`int`, `float`, `bool`) without a bound.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: shapes that do not broadcast; NaN, infinity, or a factor beyond `bound` or the key's range.
            EvaluationError: no room is left for the product.
        """
        constant = bound is None and type(factor) in CONSTANTS
        return super().multiply(factor, bound=bound, public=public or constant, progress=progress)

    def mean(self, axis: int | None = None) -> EncryptedArray:
        """The mean over one axis, or over all elements, exactly: decryption divides by their public number.

        Raises:
            ParameterError: the mean of no elements.

        >>> keys = generate_keypair()
        >>> keys.secret_key.decrypt(keys.public_key.encrypt([[1, 2, 4]], bound=10).mean(axis=1))
        array([2.33333333])
        """
        return self._like(self._handle.mean(self._axis(axis)))

    @property
    def kind(self) -> str:
        """`'int'` for exact integers, `'fixed'` for fixed-point numbers and for means."""
        return "int" if self._handle.divisor == 1 and not self._handle.scale else "fixed"


def concatenate(arrays: Iterable[EncryptedArray], axis: int = 0) -> EncryptedArray:
    """Joins encrypted arrays of one key along an axis that they have.

    Raises:
        ParameterError: no arrays, other extents, or two keys.

    >>> from veilkit import elgamal
    >>> key = elgamal.generate_keypair().public_key
    >>> elgamal.concatenate([key.encrypt([1, 2]), key.encrypt([3])]).shape
    (3,)
    """
    return EncryptedArray._joined(arrays, axis)
