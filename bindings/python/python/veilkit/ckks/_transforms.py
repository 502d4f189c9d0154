"""Matrices by rotations: known ones on encrypted vectors, and products of encrypted ones."""

from __future__ import annotations

from typing import Any, SupportsIndex

import numpy.typing as npt

from .. import _native
from .._checks import as_count, checked
from .._progress import Progress, reporting
from . import _array
from ._numbers import numbers
from ._params import Params


def _cost(params: Params, rotations: tuple[int, ...]) -> str:
    size = params.rotation_key_bytes * len(rotations)
    return f"{len(rotations)} rotation keys, {size / 1e6:.1f} MB"


class LinearTransform:
    """A known matrix, ready to be applied to encrypted vectors: ``transform @ x``.

    `EncryptedArray` has ``@`` with plain matrices too, by one product for each slot's worth of entries, and with no keys but those
    for powers of two. This one turns the vector instead: one level, about twice the square root of the rows in rotations,
    and keys for exactly these. Better from some thousand entries on.

    Args:
        matrix: rows and columns, neither more than `Params.slots`.
        params: of the arrays.
        level: that arrays have at least when it is applied; the top one if absent. Lower levels are faster.
        progress: True, or a function of ``(done, total)``.

    Raises:
        ParameterError: not two axes, too large, all zero, not finite; a level that does not exist.
        EvaluationError: level 0: nothing can be multiplied there.

    >>> from veilkit import ckks
    >>> params = Params.depth_2()
    >>> transform = LinearTransform([[0.0, 1.0], [1.0, 0.5]], params)
    >>> keys = ckks.generate_keys(params, rotations=[], transforms=[transform])
    >>> x = keys.public_key.encrypt([0.25, 0.5])
    >>> keys.secret_key.decrypt(transform @ x).round(4)
    array([0.5, 0.5])
    """

    __slots__ = ("_handle", "_params")
    # Plain arrays on the right are not for numpy to take apart.
    __array_ufunc__ = None
    _handle: _native.CkksLinearTransform
    _params: Params

    def __init__(
        self,
        matrix: npt.ArrayLike,
        params: Params,
        *,
        level: SupportsIndex | None = None,
        progress: Progress = False,
    ) -> None:
        self._params = checked(params, Params, "params")
        at = None if level is None else as_count(level, "level")
        with reporting(progress, "encode") as report:
            self._handle = _native.CkksLinearTransform(params._handle, numbers(matrix, "matrix"), at, report)

    @property
    def params(self) -> Params:
        """The parameters."""
        return self._params

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._handle.shape

    @property
    def level(self) -> int:
        """The level that arrays need; results are one below."""
        return self._handle.level

    @property
    def rotations(self) -> tuple[int, ...]:
        """The rotations that evaluation keys are needed for."""
        return tuple(self._handle.rotations)

    def apply(self, vector: _array.EncryptedArray, *, progress: Progress = False) -> _array.EncryptedArray:
        """The matrix times the vector, as ``@`` does.

        Raises:
            ParameterError: another shape, other parameters, or evaluation keys that lack a rotation.
            EvaluationError: an array below `level`, or no room.
        """
        checked(vector, _array.EncryptedArray, "vector")
        with reporting(progress, "transform") as report:
            return _array.EncryptedArray._wrap(vector._handle.transform(self._handle, report))

    def __matmul__(self, vector: Any) -> _array.EncryptedArray:
        if not isinstance(vector, _array.EncryptedArray):
            return NotImplemented
        return self.apply(vector)

    def describe(self) -> str:
        """What it takes, for a person: before keys are generated."""
        rows, columns = self.shape
        return f"{rows} x {columns} matrix at level {self.level}: {_cost(self.params, self.rotations)}"

    def __repr__(self) -> str:
        return f"LinearTransform(shape={self.shape}, level={self.level})"


class MatrixProduct:
    """Products of encrypted square matrices, one in each ciphertext, by rotations.

    ``a @ b`` multiplies matrices of any shape, and takes d^3 slots; this takes d^2, three levels, and about 3 d rotations, with
    keys for these: far faster from dimension 16 on.

    Args:
        dimension: a power of two whose square is at most `Params.slots`. Matrices have more than half as many rows and columns.
        params: of the matrices.
        level: that they have at least; the top one if absent.
        progress: True, or a function of ``(done, total)``.

    Raises:
        ParameterError: another dimension, or a level that does not exist.
        EvaluationError: a level below three.

    >>> from veilkit import ckks
    >>> params = Params.depth_4()
    >>> product = MatrixProduct(2, params)
    >>> keys = ckks.generate_keys(params, rotations=[], transforms=[product])
    >>> a, b = (keys.public_key.encrypt(m) for m in ([[0.1, 0.2], [0.3, 0.4]], [[0.0, 1.0], [1.0, 0.0]]))
    >>> keys.secret_key.decrypt(product.multiply(a, b)).round(4)
    array([[0.2, 0.1],
           [0.4, 0.3]])
    """

    __slots__ = ("_handle", "_params")
    _handle: _native.CkksMatrixProduct
    _params: Params

    def __init__(
        self,
        dimension: SupportsIndex,
        params: Params,
        *,
        level: SupportsIndex | None = None,
        progress: Progress = False,
    ) -> None:
        self._params = checked(params, Params, "params")
        at = None if level is None else as_count(level, "level")
        with reporting(progress, "encode") as report:
            self._handle = _native.CkksMatrixProduct(params._handle, as_count(dimension, "dimension"), at, report)

    @property
    def params(self) -> Params:
        """The parameters."""
        return self._params

    @property
    def dimension(self) -> int:
        """Rows and columns, filled up with zeros."""
        return self._handle.dimension

    @property
    def level(self) -> int:
        """The level that matrices need; results are three below."""
        return self._handle.level

    @property
    def rotations(self) -> tuple[int, ...]:
        """The rotations that evaluation keys are needed for, besides the key for products."""
        return tuple(self._handle.rotations)

    def multiply(
        self, left: _array.EncryptedArray, right: _array.EncryptedArray, *, progress: Progress = False
    ) -> _array.EncryptedArray:
        """The matrix product of two encrypted matrices.

        Raises:
            ParameterError: shapes that do not fit, two keys, other parameters, or evaluation keys that lack one.
            EvaluationError: a matrix below `level`, or no room.
        """
        for side, name in ((left, "left"), (right, "right")):
            checked(side, _array.EncryptedArray, name)
        with reporting(progress, "multiply") as report:
            return _array.EncryptedArray._wrap(left._handle.matmul_by(right._handle, self._handle, report))

    def describe(self) -> str:
        """What it takes, for a person: before keys are generated."""
        return f"products of dimension {self.dimension} at level {self.level}: {_cost(self.params, self.rotations)}"

    def __repr__(self) -> str:
        return f"MatrixProduct(dimension={self.dimension}, level={self.level})"
