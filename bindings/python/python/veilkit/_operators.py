"""The operators of numpy on encrypted arrays of every scheme that adds and weights."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ._arrays import Pick, PlainArray, limit, picks, plain_array
from ._encrypted import Encrypted, ExactHandle, ExactNumbers, Handle
from ._progress import Progress, Report, reporting
from .errors import error

if TYPE_CHECKING:
    from typing_extensions import Self

RECIPROCAL_ERROR = 2.0**-26
"""The largest relative error of a division by plain numbers."""


class ArrangedHandle(Handle, Protocol):
    """What native arrays offer for other arrangements of their elements."""

    def reshape(self, shape: Sequence[int]) -> Self: ...
    def transpose(self, axes: Sequence[int]) -> Self: ...
    def slice(self, picks: Sequence[Pick]) -> Self: ...
    def concatenate(self, arrays: Sequence[Self], axis: int) -> Self: ...


class ArrayHandle(ArrangedHandle, ExactHandle, Protocol):
    """What native arrays with operators offer."""

    @property
    def bound_bits(self) -> int: ...
    def add(self, other: Self) -> Self: ...
    def sub(self, other: Self) -> Self: ...
    def neg(self) -> Self: ...
    def add_plain(self, values: PlainArray, bound: float | None) -> Self: ...
    def sub_plain(self, values: PlainArray, bound: float | None) -> Self: ...
    def rsub_plain(self, values: PlainArray, bound: float | None) -> Self: ...
    def mul_plain(self, values: PlainArray, bound: float | None, public: bool, progress: Report | None) -> Self: ...
    def matmul(
        self, values: PlainArray, reflected: bool, bound: float | None, public: bool, progress: Report | None
    ) -> Self: ...
    def sum(self, axis: int | None) -> Self: ...
    def mean(self, axis: int | None) -> Self: ...
    def rerandomize(self, progress: Report | None) -> Self: ...


class FixedPoint(Protocol):
    """A key with one scale for all fixed-point numbers."""

    @property
    def fraction_bits(self) -> int: ...


N = TypeVar("N", bound=ArrangedHandle)
A = TypeVar("A", bound=ArrayHandle)
F = TypeVar("F", bound=FixedPoint)


class NumpyArray(Encrypted[N]):
    """Indexing, arrangement, and numpy's functions by the operators of the same names."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Self:
        taken, extents = picks(self.shape, key)
        part = self._handle.slice(taken)
        return self._like(part if part.shape == extents else part.reshape(extents))

    def __iter__(self) -> Iterator[Self]:
        return (self[position] for position in range(len(self)))

    def reshape(self, *shape: Any) -> Self:
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

    def ravel(self) -> Self:
        """The elements along one axis."""
        return self.reshape(-1)

    def transpose(self) -> Self:
        """The axes in reverse order."""
        return self._like(self._handle.transpose(range(self.ndim)[::-1]))

    @property
    def T(self) -> Self:
        """The axes in reverse order."""
        return self.transpose()

    def _axis(self, axis: int | None) -> int | None:
        if axis is None:
            return None
        position = operator.index(axis)
        if not -self.ndim <= position < self.ndim:
            raise error("ShapeMismatch", "axis: not in the array")
        return position % self.ndim

    @classmethod
    def _joined(cls, arrays: Iterable[Self], axis: int) -> Self:
        parts = list(arrays)
        if not all(isinstance(part, cls) for part in parts):
            raise TypeError(f"arrays: must be {cls.__name__}s")
        if not parts:
            raise error("ShapeMismatch", "arrays: there are none")
        along = parts[0]._axis(axis) or 0
        return parts[0]._like(parts[0]._handle.concatenate([part._handle for part in parts], along))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        operators = _UFUNCS.get(ufunc.__name__)
        if method != "__call__" or operators is None or kwargs:
            raise TypeError(f"numpy.{ufunc.__name__} does not work on encrypted arrays")
        # Not through Python's operators: numpy would take those for a plain left operand and come back here.
        first, *others = inputs
        if isinstance(first, NumpyArray):
            return getattr(first, operators[0])(*others)
        return getattr(others[0], operators[1])(first)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        function = _FUNCTIONS.get(func.__name__)
        if function is None:
            raise TypeError(f"numpy.{func.__name__} does not work on encrypted arrays")
        return function(*args, **kwargs)


class ArrayOperators(NumpyArray[A], ExactNumbers[A, F]):
    """``+ - * / @``, `sum`, `mean` and `dot` of exact numbers, and numpy's functions of the same names."""

    __slots__ = ()

    @property
    def bound_bits(self) -> int:
        """Bits of the public bound on the encoded integers."""
        return self._handle.bound_bits

    def _operand(self, other: Any) -> Self | PlainArray | None:
        """An encrypted or a plain operand; `None` for a type that is somebody else's business."""
        if isinstance(other, type(self)):
            return other
        if isinstance(other, (Encrypted, str, bytes)) or other is None:
            return None
        return plain_array(other, "operand")

    def _constant_bound(self, other: Any) -> float | None:
        """The bound that an operand has without being declared; `None` for the key's range."""
        return None

    def __add__(self, other: Any) -> Self:
        if self._operand(other) is None:
            return NotImplemented
        return self.add(other, bound=self._constant_bound(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Self:
        if self._operand(other) is None:
            return NotImplemented
        return self.subtract(other, bound=self._constant_bound(other))

    def __rsub__(self, other: Any) -> Self:
        operand = self._operand(other)
        if operand is None or isinstance(operand, Encrypted):
            return NotImplemented
        return self._like(self._handle.rsub_plain(operand, limit(self._constant_bound(other), operand)))

    def add(self, other: Self | npt.ArrayLike, *, bound: float | None = None) -> Self:
        """The sum with an encrypted array or with plain numbers, as ``+`` does.

        Args:
            other: what to add; shapes broadcast.
            bound: a **public** bound on the absolute values of plain numbers: saves headroom.

        Raises:
            ParameterError: shapes that do not broadcast; two keys; a plain number beyond `bound` or the key's range.
            EvaluationError: no room is left for the sum.
        """
        operand = self._known_operand(other)
        if isinstance(operand, Encrypted):
            return self._like(self._handle.add(operand._handle))
        return self._like(self._handle.add_plain(operand, limit(bound, operand)))

    def subtract(self, other: Self | npt.ArrayLike, *, bound: float | None = None) -> Self:
        """The difference to an encrypted array or to plain numbers, as ``-`` does; otherwise as `add`."""
        operand = self._known_operand(other)
        if isinstance(operand, Encrypted):
            return self._like(self._handle.sub(operand._handle))
        return self._like(self._handle.sub_plain(operand, limit(bound, operand)))

    def _known_operand(self, other: Any) -> Self | PlainArray:
        operand = self._operand(other)
        if operand is None:
            raise TypeError("operand: must be plain numbers, or an encrypted array of the same kind")
        return operand

    def __mul__(self, other: Any) -> Self:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        return self.multiply(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Self:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        if isinstance(operand, Encrypted):
            raise TypeError("encrypted numbers do not divide each other")
        if not operand.all():
            raise ZeroDivisionError("division of an encrypted array by zero")
        reciprocal = 1.0 / operand
        scale = 2.0**self._public_key.fraction_bits
        if (abs(np.rint(reciprocal * scale) / scale * operand - 1) > RECIPROCAL_ERROR).any():
            raise error("OutOfRange", "divisor: too large for its reciprocal at the key's scale; divide after decrypting")
        # A Python number stays one: a scheme may take it for a public constant.
        return self * (float(reciprocal) if isinstance(other, (int, float)) else reciprocal)

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise TypeError("nothing is divided by encrypted numbers")

    def __matmul__(self, other: Any) -> Self:
        if self._operand(other) is None:
            return NotImplemented
        return self.matmul(other)

    def __rmatmul__(self, other: Any) -> Self:
        if self._operand(other) is None:
            return NotImplemented
        return self._matmul(other, reflected=True)

    def __neg__(self) -> Self:
        return self._like(self._handle.neg())

    def __pos__(self) -> Self:
        return self

    def multiply(
        self,
        factor: npt.ArrayLike,
        *,
        bound: float | None = None,
        public: bool = False,
        progress: Progress = False,
    ) -> Self:
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
        if isinstance(factor, Encrypted):
            raise TypeError("encrypted numbers are multiplied by plain ones only")
        plain = plain_array(factor, "factor")
        with reporting(progress, "multiply") as report:
            return self._like(self._handle.mul_plain(plain, limit(bound, plain), public, report))

    def sum(self, axis: int | None = None) -> Self:
        """The sum over one axis, or over all elements."""
        return self._like(self._handle.sum(self._axis(axis)))

    def mean(self, axis: int | None = None) -> Self:
        """The mean over one axis, or over all elements.

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
    ) -> Self:
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
    ) -> Self:
        if isinstance(weights, Encrypted):
            raise TypeError("encrypted numbers are multiplied by plain ones only")
        plain = plain_array(weights, "weights")
        with reporting(progress, "dot") as report:
            return self._like(self._handle.matmul(plain, reflected, limit(bound, plain), public, report))

    def rerandomize(self, *, progress: Progress = False) -> Self:
        """The same numbers in ciphertexts that nobody can link to these."""
        with reporting(progress, "rerandomize") as report:
            return self._like(self._handle.rerandomize(report))


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
    "concatenate": lambda arrays, axis=0: type(arrays[0])._joined(arrays, axis),
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
