"""Encrypted arrays with the operators of numpy."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, NoReturn, SupportsIndex

import numpy as np
import numpy.typing as npt

from .. import _native
from .._checks import Buffer, as_bytes, as_count, checked
from .._encrypted import Encrypted
from .._operators import NumpyArray
from .._progress import Progress, reporting
from . import _keys
from ._numbers import Numbers, limit, numbers, polynomial
from ._params import Params


class EncryptedArray(NumpyArray[_native.CkksArray]):
    """An array of encrypted real or complex numbers with the operators of numpy, made by `encrypt` or `from_bytes`.

    ``+ - * @`` with encrypted arrays, numbers and plain arrays on either side, ``/`` by numbers, ``** k``, `sum`, `mean`, `var`,
    `dot`; indexing with integers, slices, ``...`` and ``None``; shapes broadcast as in numpy. Rescaling, relinearization and
    the alignment of levels happen by themselves. An array computes with the evaluation keys that it carries.

    Each product uses up a level, but for those with one integer. So do masks: for sums along other axes than the first, for slices,
    and where a stretched array is added. What has no level left raises `EvaluationError` and says what would help.

    What does not exist on encrypted numbers raises `TypeError`: comparison, truth, conversion to a numpy array.

    >>> keys = generate_keys(Params.depth_2())
    >>> x = keys.public_key.encrypt([[0.1, 0.2], [0.3, 0.4]])
    >>> keys.secret_key.decrypt((2 * x - 1).sum(axis=0)).round(4)
    array([-1.2, -0.8])
    >>> keys.secret_key.decrypt(x @ np.array([1.0, -1.0])).round(4)
    array([-0.1, -0.1])
    """

    __slots__ = ()

    @classmethod
    def _wrap(cls, handle: _native.CkksArray) -> EncryptedArray:
        array = object.__new__(cls)
        array._handle = handle
        return array

    def _like(self, handle: _native.CkksArray) -> EncryptedArray:
        return self._wrap(handle)

    @classmethod
    def from_bytes(cls, data: Buffer, evaluation_keys: _keys.EvaluationKeys | None = None) -> EncryptedArray:
        """Reads and validates an encoded array.

        Args:
            data: what `to_bytes` wrote.
            evaluation_keys: those that it is to compute with, if any.

        Raises:
            EncodingError: bytes that are not an array.
            ParameterError: evaluation keys of another secret key.
        """
        array = cls._wrap(_native.CkksArray.from_bytes(as_bytes(data, "data")))
        if evaluation_keys is None:
            return array
        return checked(evaluation_keys, _keys.EvaluationKeys, "evaluation_keys").attach(array)  # type: ignore[no-any-return]

    @property
    def params(self) -> Params:
        """The parameters."""
        return Params._wrap(self._handle.params)

    @property
    def key_id(self) -> str:
        """What names the secret key that decrypts, 32 hexadecimal digits."""
        return self._handle.id.hex()

    @property
    def evaluation_keys(self) -> _keys.EvaluationKeys | None:
        """The keys that it computes with."""
        handle = self._handle.evaluation_keys
        return None if handle is None else _keys.EvaluationKeys._wrap(handle)

    @property
    def dtype(self) -> np.dtype[Any]:
        """What it decrypts to: float64 or complex128."""
        return np.dtype(np.complex128 if self._handle.is_complex else np.float64)

    @property
    def level(self) -> int:
        """Multiplications that are left."""
        return self._handle.level

    @property
    def bound(self) -> float:
        """The public bound on the absolute values: it follows from declared bounds and operations."""
        return self._handle.bound

    @property
    def error_bound(self) -> float:
        """The public bound on how far every number is from the exact result."""
        return self._handle.error_bound

    @property
    def ciphertexts(self) -> int:
        """The number of ciphertexts."""
        return self._handle.ciphertexts

    def _operand(self, other: Any) -> EncryptedArray | Numbers | None:
        """An encrypted or a plain operand; `None` for a type that is somebody else's business."""
        if isinstance(other, EncryptedArray):
            return other
        if isinstance(other, (Encrypted, str, bytes)) or other is None:
            return None
        return numbers(other, "operand")

    def _known_operand(self, other: Any) -> EncryptedArray | Numbers:
        operand = self._operand(other)
        if operand is None:
            raise TypeError("operand: must be plain numbers, or an encrypted array of the same kind")
        return operand

    def __add__(self, other: Any) -> EncryptedArray:
        if self._operand(other) is None:
            return NotImplemented
        return self.add(other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> EncryptedArray:
        if self._operand(other) is None:
            return NotImplemented
        return self.subtract(other)

    def __rsub__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None or isinstance(operand, EncryptedArray):
            return NotImplemented
        return self._like(self._handle.rsub_plain(operand, None))

    def __mul__(self, other: Any) -> EncryptedArray:
        if self._operand(other) is None:
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
        return self.multiply(1.0 / operand)

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise TypeError("nothing is divided by encrypted numbers")

    def __matmul__(self, other: Any) -> EncryptedArray:
        if self._operand(other) is None:
            return NotImplemented
        return self.matmul(other)

    def __rmatmul__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None or isinstance(operand, EncryptedArray):
            return NotImplemented
        return self._like(self._handle.matmul_plain(operand, True, None, None))

    def __pow__(self, exponent: Any) -> EncryptedArray:
        if isinstance(exponent, bool) or not isinstance(exponent, (int, np.integer)):
            return NotImplemented
        if exponent < 1:
            raise TypeError("encrypted numbers are raised to positive integers only")
        # By squaring: as few levels as there can be.
        result, power = None, self
        while True:
            if exponent & 1:
                result = power if result is None else result * power
            exponent >>= 1
            if not exponent:
                return result  # type: ignore[return-value]
            power = power.square()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if ufunc is np.conjugate and method == "__call__" and not kwargs:
            return self.conj()
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func is np.roll:
            return EncryptedArray.roll(*args, **kwargs)
        return super().__array_function__(func, types, args, kwargs)

    def __neg__(self) -> EncryptedArray:
        return self._like(self._handle.neg())

    def __pos__(self) -> EncryptedArray:
        return self

    def add(self, other: EncryptedArray | npt.ArrayLike, *, bound: float | None = None) -> EncryptedArray:
        """The sum with an encrypted array or with plain numbers, as ``+`` does.

        Args:
            other: what to add; shapes broadcast.
            bound: a **public** bound on the absolute values of plain numbers; else that is the next power of two from the largest.

        Raises:
            ParameterError: shapes that do not broadcast; two keys; a plain number beyond `bound`; no evaluation keys where a
                shape is stretched.
            EvaluationError: no room is left for the sum.
        """
        operand = self._known_operand(other)
        if isinstance(operand, EncryptedArray):
            return self._like(self._handle.add(operand._handle))
        return self._like(self._handle.add_plain(operand, limit(bound)))

    def subtract(self, other: EncryptedArray | npt.ArrayLike, *, bound: float | None = None) -> EncryptedArray:
        """The difference to an encrypted array or to plain numbers, as ``-`` does; otherwise as `add`."""
        operand = self._known_operand(other)
        if isinstance(operand, EncryptedArray):
            return self._like(self._handle.sub(operand._handle))
        return self._like(self._handle.sub_plain(operand, limit(bound)))

    def multiply(
        self,
        other: EncryptedArray | npt.ArrayLike,
        *,
        bound: float | None = None,
        progress: Progress = False,
    ) -> EncryptedArray:
        """Each element times an encrypted or a plain number, as ``*`` does.

        Args:
            other: the factors; shapes broadcast.
            bound: a **public** bound on the absolute values of plain numbers; else that is the next power of two from the largest.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: shapes that do not broadcast; two keys; NaN, infinity, or a factor beyond `bound`; no evaluation keys
                for a product of encrypted arrays; a factor of zero: the result would hide nothing.
            EvaluationError: no level is left for the product, or no room.
        """
        operand = self._known_operand(other)
        with reporting(progress, "multiply") as report:
            if operand is self:
                return self._like(self._handle.square(report))
            if isinstance(operand, EncryptedArray):
                return self._like(self._handle.mul(operand._handle, report))
            return self._like(self._handle.mul_plain(operand, limit(bound), report))

    def square(self, *, progress: Progress = False) -> EncryptedArray:
        """The square of each element, faster than a product."""
        with reporting(progress, "square") as report:
            return self._like(self._handle.square(report))

    def matmul(
        self,
        other: EncryptedArray | npt.ArrayLike,
        *,
        bound: float | None = None,
        progress: Progress = False,
    ) -> EncryptedArray:
        """The matrix product of one or two axes on each side, as ``@`` does; of two vectors the sum of products.

        One level, and one more for a mask unless the sums run along the first axis of the left operand's transpose, as in
        ``x.T @ r``, or both are vectors.

        Args:
            other: encrypted or plain factors.
            bound: a **public** bound on the absolute values of plain numbers; else that is the next power of two from the largest.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: shapes that do not fit; the rest as for `multiply`.
            EvaluationError: no level is left, or no room.
        """
        operand = self._known_operand(other)
        with reporting(progress, "matmul") as report:
            if isinstance(operand, EncryptedArray):
                return self._like(self._handle.matmul(operand._handle, report))
            return self._like(self._handle.matmul_plain(operand, False, limit(bound), report))

    dot = matmul

    def sum(self, axis: int | None = None, *, progress: Progress = False) -> EncryptedArray:
        """The sum over one axis, or over all elements. One level for a mask, but none for the first axis and for all.

        Raises:
            ParameterError: no such axis; no evaluation keys.
            EvaluationError: no level is left for the mask.
        """
        with reporting(progress, "sum") as report:
            return self._like(self._handle.sum(self._axis(axis), report))

    def mean(self, axis: int | None = None, *, progress: Progress = False) -> EncryptedArray:
        """The mean over one axis, or over all elements. One level.

        Raises:
            ParameterError: no such axis; no evaluation keys.
            EvaluationError: no level is left.
        """
        with reporting(progress, "mean") as report:
            return self._like(self._handle.mean(self._axis(axis), report))

    def var(
        self, axis: int | None = None, ddof: SupportsIndex = 0, *, progress: Progress = False
    ) -> EncryptedArray:
        """The variance over one axis, or over all elements, of real numbers. Two levels.

        It is the mean of the squares minus the square of the mean: subtract a number near the mean first, where the mean is much
        larger than the deviations.

        Args:
            axis: which axis; all elements if absent.
            ddof: the divisor is ``n - ddof``.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: no such axis; `ddof` not below n; complex numbers; no evaluation keys.
            EvaluationError: fewer than two levels are left.
        """
        with reporting(progress, "var") as report:
            return self._like(self._handle.var(self._axis(axis), as_count(ddof, "ddof"), report))

    def polyval(
        self,
        coefficients: npt.ArrayLike | np.polynomial.Polynomial | np.polynomial.Chebyshev,
        *,
        progress: Progress = False,
    ) -> EncryptedArray:
        """The polynomial of each element, by as few levels as there can be: ``ceil(log2(degree + 1))``.

        Args:
            coefficients: the constant first, as `numpy.polynomial` has them; or a `numpy.polynomial.Polynomial`; or a
                `numpy.polynomial.Chebyshev`, which keeps its digits at any degree and whose domain the numbers must not leave: an
                interval wider than from -1 to 1 may take one more level.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: no coefficients, or one that is not finite; a constant; a bound that says that numbers may leave the
                domain (see `within`); no evaluation keys.
            EvaluationError: fewer levels are left than it takes.

        >>> keys = generate_keys(Params.depth_4())
        >>> x = keys.public_key.encrypt([-0.5, 0.5])
        >>> sigmoid = np.polynomial.Chebyshev.interpolate(lambda x: 1 / (1 + np.exp(-x)), 7, domain=[-1, 1])
        >>> keys.secret_key.decrypt(x.polyval(sigmoid)).round(4)
        array([0.3775, 0.6225])
        """
        terms, interval = polynomial(coefficients)
        with reporting(progress, "polyval") as report:
            return self._like(self._handle.polynomial(terms, interval, report))

    def within(self, bound: float) -> EncryptedArray:
        """The same numbers, of which the caller knows that none is larger than `bound`.

        The tracked bound is the worst case of all operations before, often far above what the data can reach. The bounds of
        results rest on this promise, and with them the safety of `release`: declare what holds for all inputs there can be.
        """
        declared = limit(bound)
        if declared is None:
            raise TypeError("bound: must be a number")
        return self._like(self._handle.within(declared))

    def conj(self) -> EncryptedArray:
        """The complex conjugate of each element.

        Raises:
            ParameterError: evaluation keys without the one for conjugation.
        """
        return self._like(self._handle.conjugate())

    conjugate = conj

    def roll(self, shift: SupportsIndex, axis: int | None = None) -> EncryptedArray:
        """The elements moved onwards along an axis, those beyond the end to the beginning, as `numpy.roll` does.

        One rotation and no level where the axis has a power of two of elements and lies first, as in vectors; else masks, for one
        level.

        Args:
            shift: how many positions; backwards if negative.
            axis: along which; all elements, row by row, if absent.

        Raises:
            ParameterError: no such axis; no evaluation keys, or none that make the rotation.
            EvaluationError: no level is left for the masks.

        >>> keys = generate_keys(Params.depth_2())
        >>> x = keys.public_key.encrypt([0.1, 0.2, 0.3, 0.4])
        >>> keys.secret_key.decrypt(x.roll(1)).round(4)
        array([0.4, 0.1, 0.2, 0.3])
        """
        steps = operator.index(shift)
        along = self._axis(axis)
        # The same place for any distance round the ring, so that none is too long.
        ring = self.size if along is None else self.shape[along]
        return self._like(self._handle.roll(steps % ring, along))

    def broadcast_to(self, shape: Iterable[SupportsIndex]) -> EncryptedArray:
        """The array stretched to a shape, by the rules of broadcasting."""
        return self._like(self._handle.broadcast_to([operator.index(extent) for extent in shape]))

    def __reduce__(self) -> tuple[Any, ...]:
        return EncryptedArray.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        complex_ = ", dtype='complex128'" if self._handle.is_complex else ""
        return f"EncryptedArray(shape={self.shape}, level={self.level}{complex_}, key={self.key_id[:8]!r})"


def encrypted(
    key: _native.CkksPublicKey | _native.CkksSecretKey,
    evaluation_keys: _keys.EvaluationKeys | None,
    values: Numbers,
    bound: float | None,
    progress: Progress,
) -> EncryptedArray:
    """What `key` encrypts, carrying the evaluation keys."""
    with reporting(progress, "encrypt") as report:
        array = EncryptedArray._wrap(key.encrypt(values, 1.0 if bound is None else bound, report))
    return array if evaluation_keys is None else evaluation_keys.attach(array)


def concatenate(arrays: Iterable[EncryptedArray], axis: int = 0) -> EncryptedArray:
    """Joins encrypted arrays of one key along an axis that they have. One level, unless nothing moves.

    Raises:
        ParameterError: no arrays, other extents, or two keys.

    >>> from veilkit import ckks
    >>> key = ckks.generate_keys(Params.depth_2()).public_key
    >>> ckks.concatenate([key.encrypt([0.1, 0.2]), key.encrypt([0.3])])
    EncryptedArray(shape=(3,), level=1, key='...')
    """
    return EncryptedArray._joined(arrays, axis)
