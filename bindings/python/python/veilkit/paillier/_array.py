"""Encrypted arrays with the operators of numpy."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NoReturn

import numpy as np
import numpy.typing as npt

from .. import _native
from .._arrays import PlainArray, limit, picks, plain_array
from .._checks import Buffer, as_bytes
from .._progress import Progress, reporting
from ..errors import error
from . import _keys, _packed
from ._encrypted import Encrypted


RECIPROCAL_ERROR = 2.0**-26
"""The largest relative error of a division by plain numbers."""


class EncryptedArray(Encrypted):
    """An array of encrypted numbers with the operators of numpy, made by `encrypt` or `from_bytes`.

    ``+ - *`` with plain numbers and arrays on either side, ``+ -`` between encrypted arrays of one key, ``@`` with a
    plain array on either side, `sum`, `mean`, `dot`; shapes broadcast as in numpy. Plain operands follow the rule of
    `encrypt`: integers and booleans are exact integers, floats are fixed point at the key's scale. ``/`` by plain numbers
    multiplies by the reciprocal at that scale, and is refused where this would be off by more than 2^-26.

    What does not exist on encrypted numbers raises `TypeError`: comparison, truth, conversion to a numpy array,
    multiplication of two encrypted arrays.

    >>> keys = generate_keypair(bits=2048)
    >>> x = keys.public_key.encrypt([[1.0, 2.0], [3.0, 4.0]])
    >>> keys.secret_key.decrypt(x.sum(axis=0) * 0.5 - [1, 2])
    array([1., 1.])
    >>> keys.secret_key.decrypt(np.array([1, -1]) @ x)
    array([-2., -2.])
    """

    __slots__ = ()
    _handle: _native.PaillierArray

    @classmethod
    def _wrap(cls, handle: _native.PaillierArray, public_key: _keys.PublicKey) -> EncryptedArray:
        array = object.__new__(cls)
        array._handle = handle
        array._public_key = public_key
        return array

    def _like(self, handle: _native.PaillierArray) -> EncryptedArray:
        return EncryptedArray._wrap(handle, self._public_key)

    @property
    def bound_bits(self) -> int:
        """Bits of the public bound on the encoded integers; it must stay below the size of the modulus."""
        return self._handle.bound_bits

    def __repr__(self) -> str:
        key = self._public_key
        return f"EncryptedArray(shape={self.shape}, kind={self.kind!r}, bits={key.bits}, key={key.key_id[:8]!r})"

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> EncryptedArray:
        """Reads and validates an encoded array.

        Raises:
            EncodingError: bytes that are not an array of ciphertexts of this key's size, or a ciphertext that is no unit.
            ParameterError: encrypted under another key.
        """
        _keys.require_key(public_key)
        return cls._wrap(_native.PaillierArray.from_bytes(as_bytes(data, "data"), public_key._handle), public_key)

    def to_integers(self) -> list[int]:
        """The ciphertexts as integers below ``n ** 2``, row-major, for exchange with other Paillier software."""
        data, width = self._handle.ciphertexts(), self._public_key.bits // 4
        return [int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), width)]

    @classmethod
    def from_integers(
        cls,
        ciphertexts: Iterable[int],
        public_key: _keys.PublicKey,
        *,
        shape: tuple[int, ...] | None = None,
        kind: Literal["int", "fixed"] = "int",
        bound: float | None = None,
    ) -> EncryptedArray:
        """Ciphertexts of other Paillier software, made with the same n and the generator n + 1.

        Args:
            ciphertexts: integers below ``n ** 2``, row-major.
            shape: their shape; one axis if absent.
            kind: how the plaintexts were encoded: integers, or ``round(x * 2 ** fraction_bits)``.
            bound: a bound on the absolute values that their maker vouches for; the key's range if absent. Wrong sums are
                the price of a wrong bound.

        Raises:
            EncodingError: an integer that is not below ``n ** 2``, or not coprime to n.
        """
        _keys.require_key(public_key)
        if kind not in ("int", "fixed"):
            raise error("InvalidParams", "kind: must be 'int' or 'fixed'")
        width = public_key.bits // 4
        try:
            encoded = [operator.index(ciphertext).to_bytes(width, "little") for ciphertext in ciphertexts]
        except OverflowError:
            raise error("InvalidEncoding", "ciphertext: not below n^2") from None
        # Zeros of the same shape and type stand for the plaintexts, whose scale and bound they have.
        zeros = np.zeros(len(encoded), dtype=np.int64 if kind == "int" else np.float64)
        try:
            like = plain_array(zeros if shape is None else zeros.reshape(shape), "ciphertexts")
        except ValueError:
            raise error("ShapeMismatch", "ciphertexts: not as many as the shape says") from None
        data = b"".join(encoded)
        handle = _native.PaillierArray.from_ciphertexts(data, public_key._handle, like, limit(bound, like))
        return cls._wrap(handle, public_key)

    def __getitem__(self, key: Any) -> EncryptedArray:
        taken, extents = picks(self.shape, key)
        part = self._handle.slice(taken)
        return self._like(part if part.shape == extents else part.reshape(extents))

    def __iter__(self) -> Iterator[EncryptedArray]:
        return (self[position] for position in range(len(self)))

    def reshape(self, *shape: Any) -> EncryptedArray:
        """The same elements in another shape; one extent may be -1.

        Raises:
            ParameterError: another number of elements.
        """
        extents = shape[0] if len(shape) == 1 and isinstance(shape[0], Iterable) else shape
        try:
            # numpy works out -1 on an array of the same shape that takes no memory.
            target = np.broadcast_to(np.False_, self.size).reshape(tuple(extents)).shape
        except ValueError:
            raise error("ShapeMismatch", "shape: another number of elements") from None
        return self._like(self._handle.reshape(target))

    def ravel(self) -> EncryptedArray:
        """The elements along one axis."""
        return self.reshape(-1)

    def transpose(self) -> EncryptedArray:
        """The axes in reverse order."""
        return self._like(self._handle.transpose(range(self.ndim)[::-1]))

    @property
    def T(self) -> EncryptedArray:
        """The axes in reverse order."""
        return self.transpose()

    def _operand(self, other: Any) -> EncryptedArray | PlainArray | None:
        """An encrypted or a plain operand; `None` for a type that is somebody else's business."""
        if isinstance(other, EncryptedArray):
            return other
        if isinstance(other, (_packed.PackedArray, str, bytes)) or other is None:
            return None
        return plain_array(other, "operand")

    def __add__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        if isinstance(operand, EncryptedArray):
            return self._like(self._handle.add(operand._handle))
        return self._like(self._handle.add_plain(operand))

    __radd__ = __add__

    def __sub__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        if isinstance(operand, EncryptedArray):
            return self._like(self._handle.sub(operand._handle))
        return self._like(self._handle.sub_plain(operand))

    def __rsub__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None or isinstance(operand, EncryptedArray):
            return NotImplemented
        return self._like(self._handle.rsub_plain(operand))

    def __mul__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        return self.multiply(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        if isinstance(operand, EncryptedArray):
            raise TypeError("encrypted numbers do not divide each other")
        if not operand.all():
            raise ZeroDivisionError("division of an encrypted array by zero")
        reciprocal = 1.0 / operand
        scale = 2.0**self._public_key.fraction_bits
        if (abs(np.rint(reciprocal * scale) / scale * operand - 1) > RECIPROCAL_ERROR).any():
            raise error("OutOfRange", "divisor: too large for its reciprocal at the key's scale; divide after decrypting")
        return self * reciprocal

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise TypeError("nothing is divided by encrypted numbers")

    def __matmul__(self, other: Any) -> EncryptedArray:
        if self._operand(other) is None:
            return NotImplemented
        return self.matmul(other)

    def __rmatmul__(self, other: Any) -> EncryptedArray:
        if self._operand(other) is None:
            return NotImplemented
        return self._matmul(other, reflected=True)

    def __neg__(self) -> EncryptedArray:
        return self._like(self._handle.neg())

    def __pos__(self) -> EncryptedArray:
        return self

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
            public: the factors are no secret, so the time taken may depend on them: much faster for small ones.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: shapes that do not broadcast; NaN, infinity, or a factor beyond `bound` or the key's range.
            EvaluationError: no room is left for the product.
        """
        if isinstance(factor, (EncryptedArray, _packed.PackedArray)):
            raise TypeError("Paillier multiplies encrypted numbers by plain ones only")
        plain = plain_array(factor, "factor")
        with reporting(progress, "multiply") as report:
            return self._like(self._handle.mul_plain(plain, limit(bound, plain), public, report))

    def sum(self, axis: int | None = None) -> EncryptedArray:
        """The sum over one axis, or over all elements."""
        return self._like(self._handle.sum(self._axis(axis)))

    def mean(self, axis: int | None = None) -> EncryptedArray:
        """The mean over one axis, or over all elements, with a relative error below 2^-53.

        Its `scale` is raised by up to 85 bits; the mean of integers over a count that is no power of two is `kind='fixed'`.

        Raises:
            ParameterError: the mean of no elements.
        """
        return self._like(self._handle.mean(self._axis(axis)))

    def dot(
        self,
        weights: npt.ArrayLike,
        *,
        bound: float | None = None,
        public_weights: bool = False,
        progress: Progress = False,
    ) -> EncryptedArray:
        """The product with plain weights, as ``self @ weights``: ``(..., k)`` with ``(k,)`` or ``(k, m)``.

        Args:
            weights: plain numbers.
            bound: a **public** bound on their absolute values: saves time and headroom.
            public_weights: the weights are no secret, so the time taken may depend on them: several times faster.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: shapes that do not fit; NaN, infinity, or a weight beyond `bound` or the key's range.
            EvaluationError: no room is left for the result.
        """
        return self._matmul(weights, reflected=False, bound=bound, public=public_weights, progress=progress)

    matmul = dot

    def _matmul(
        self,
        weights: Any,
        *,
        reflected: bool,
        bound: float | None = None,
        public: bool = False,
        progress: Progress = False,
    ) -> EncryptedArray:
        if isinstance(weights, (EncryptedArray, _packed.PackedArray)):
            raise TypeError("Paillier multiplies encrypted numbers by plain ones only")
        plain = plain_array(weights, "weights")
        with reporting(progress, "dot") as report:
            return self._like(self._handle.matmul(plain, reflected, limit(bound, plain), public, report))

    def rerandomize(self, *, progress: Progress = False) -> EncryptedArray:
        """The same numbers in ciphertexts that nobody can link to these."""
        with reporting(progress, "rerandomize") as report:
            return self._like(self._handle.rerandomize(report))

    def _axis(self, axis: int | None) -> int | None:
        if axis is None:
            return None
        position = operator.index(axis)
        if not -self.ndim <= position < self.ndim:
            raise error("ShapeMismatch", "axis: not in the array")
        return position % self.ndim

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        operators = _UFUNCS.get(ufunc.__name__)
        if method != "__call__" or operators is None or kwargs:
            raise TypeError(f"numpy.{ufunc.__name__} does not work on encrypted arrays")
        # Not through Python's operators: numpy would take those for a plain left operand and come back here.
        first, *others = inputs
        if isinstance(first, EncryptedArray):
            return getattr(first, operators[0])(*others)
        return getattr(others[0], operators[1])(first)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        function = _FUNCTIONS.get(func.__name__)
        if function is None:
            raise TypeError(f"numpy.{func.__name__} does not work on encrypted arrays")
        return function(*args, **kwargs)


def concatenate(arrays: Iterable[EncryptedArray], axis: int = 0) -> EncryptedArray:
    """Joins encrypted arrays of one key along an axis that they have.

    Raises:
        ParameterError: no arrays, other extents, or two keys.

    >>> from veilkit import paillier
    >>> key = paillier.generate_keypair(bits=2048).public_key
    >>> paillier.concatenate([key.encrypt([1, 2]), key.encrypt([3])])
    EncryptedArray(shape=(3,), kind='int', bits=2048, key='...')
    """
    parts = list(arrays)
    if not all(isinstance(part, EncryptedArray) for part in parts):
        raise TypeError("arrays: must be EncryptedArrays")
    if not parts:
        raise error("ShapeMismatch", "arrays: there are none")
    along = parts[0]._axis(axis) or 0
    return parts[0]._like(_native.PaillierArray.concatenate([part._handle for part in parts], along))


# For each function of numpy: the operator with the encrypted array first, and the one with it second.
_UFUNCS: dict[str, tuple[str, str]] = {
    "add": ("__add__", "__radd__"),
    "subtract": ("__sub__", "__rsub__"),
    "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"),
    "true_divide": ("__truediv__", "__rtruediv__"),
    "matmul": ("__matmul__", "__rmatmul__"),
    "negative": ("__neg__", ""),
    "positive": ("__pos__", ""),
}
_FUNCTIONS: dict[str, Any] = {
    "concatenate": concatenate,
    "dot": lambda a, b: a @ b,
    "mean": lambda a, axis=None: a.mean(axis),
    "ndim": lambda a: a.ndim,
    "ravel": lambda a: a.ravel(),
    "reshape": lambda a, shape: a.reshape(shape),
    "shape": lambda a: a.shape,
    "size": lambda a: a.size,
    "sum": lambda a, axis=None: a.sum(axis),
    "transpose": lambda a: a.transpose(),
}
