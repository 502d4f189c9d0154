"""Encrypted numbers, many in each ciphertext."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .. import _native
from .._arrays import PlainArray, limit, plain_array
from .._checks import Buffer, as_bytes
from .._encrypted import Encrypted, ExactNumbers
from .._progress import Progress, reporting
from ..errors import error
from . import _keys


class PackedArray(ExactNumbers[_native.PaillierPackedArray, "_keys.PublicKey"]):
    """Encrypted numbers, many in each ciphertext: less time and fewer bytes per number, and fewer operations.

    ``+ -`` with packed arrays of the same shape and layout, ``+ -`` with plain numbers that lie within the array's own
    bound, `multiply` by one plain number for all, and `sum_packed` for many arrays. Values cannot be taken out one by one.
    A tight `bound` packs more values together.

    >>> keys = generate_keypair(bits=2048)
    >>> ages = keys.public_key.encrypt([63, 71, 58], packed=True, bound=130)
    >>> ages
    PackedArray(shape=(3,), kind='int', slots=70, bits=2048, key='...')
    >>> keys.secret_key.decrypt(ages + [1, 1, 1])
    array([64, 72, 59])
    """

    __slots__ = ()

    __array_ufunc__ = None  # numpy's operators leave plain operands on the left to this class

    @property
    def slots(self) -> int:
        """Values in one ciphertext."""
        return self._handle.slots

    @property
    def ciphertexts(self) -> int:
        """The number of ciphertexts."""
        return self._handle.ciphertexts

    def __repr__(self) -> str:
        key = self._public_key
        facts = f"shape={self.shape}, kind={self.kind!r}, slots={self.slots}"
        return f"PackedArray({facts}, bits={key.bits}, key={key.key_id[:8]!r})"

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> PackedArray:
        """Reads and validates an encoded packed array.

        Raises:
            EncodingError: bytes that are not a packed array of ciphertexts of this key's size.
            ParameterError: encrypted under another key.
        """
        _keys.require_key(public_key)
        return cls._wrap(_native.PaillierPackedArray.from_bytes(as_bytes(data, "data"), public_key._handle), public_key)

    def _plain(self, other: Any) -> PlainArray | None:
        """Plain numbers stretched to this shape; `None` for a type that is somebody else's business."""
        if isinstance(other, (Encrypted, str, bytes)) or other is None:
            return None
        plain = plain_array(other, "operand")
        try:
            return plain_array(np.broadcast_to(plain, self.shape), "operand")
        except ValueError:
            raise error("ShapeMismatch", "operand: does not broadcast to the packed array") from None

    def __add__(self, other: Any) -> PackedArray:
        if isinstance(other, PackedArray):
            return self._like(self._handle.add(other._handle))
        plain = self._plain(other)
        return NotImplemented if plain is None else self._like(self._handle.add_plain(plain))

    __radd__ = __add__

    def __sub__(self, other: Any) -> PackedArray:
        if isinstance(other, PackedArray):
            return self._like(self._handle.sub(other._handle))
        plain = self._plain(other)
        return NotImplemented if plain is None else self._like(self._handle.sub_plain(plain))

    def __rsub__(self, other: Any) -> PackedArray:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> PackedArray:
        if isinstance(other, (Encrypted, str, bytes)) or other is None:
            return NotImplemented
        return self.multiply(other)

    __rmul__ = __mul__

    def __neg__(self) -> PackedArray:
        return self.multiply(-1, bound=1)

    def multiply(self, factor: float, *, bound: float | None = None) -> PackedArray:
        """Every value times one plain number.

        Args:
            factor: one plain number.
            bound: a **public** bound on its absolute value. Without one the headroom must hold the key's whole range.

        Raises:
            ParameterError: more than one factor, NaN, infinity, or a factor beyond `bound`.
            EvaluationError: no room is left in the slots.
        """
        if isinstance(factor, Encrypted):
            raise TypeError("encrypted numbers are multiplied by plain ones only")
        plain = plain_array(factor, "factor")
        return self._like(self._handle.mul_plain(plain, limit(bound, plain)))

    def rerandomize(self, *, progress: Progress = False) -> PackedArray:
        """The same numbers in ciphertexts that nobody can link to these."""
        with reporting(progress, "rerandomize") as report:
            return self._like(self._handle.rerandomize(report))


def sum_packed(arrays: Iterable[PackedArray]) -> PackedArray:
    """The sum of packed arrays of one key, shape, layout and kind, quicker than adding one after the other.

    Raises:
        ParameterError: no arrays, or arrays that do not belong together.
        EvaluationError: more than the headroom holds.
    """
    parts = list(arrays)
    if not all(isinstance(part, PackedArray) for part in parts):
        raise TypeError("arrays: must be PackedArrays")
    if not parts:
        raise error("ShapeMismatch", "arrays: there are none")
    return parts[0]._like(_native.PaillierPackedArray.sum_many([part._handle for part in parts]))
