"""Packed sharing: many integers in one polynomial, for computing on shares."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from .. import _native
from .._checks import as_count
from ..errors import error
from ._share import AnyShare, handles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# numpy is loaded with the first vector, so that the other kinds of shares do without it.


class PackedShare(AnyShare[_native.ShamirPackedShare]):
    """One party's share of a vector of integers, from `split_packed`. Secret.

    Each party computes on its own share: ``+ - *`` between shares of one party, and with public integers and arrays of
    integers, slot by slot. All parties must compute the same. What comes out is a share of the result, modulo 2^61 - 1.

    A product has the sum of the degrees, and so needs more shares. Its polynomials are not random: whoever sees all shares
    of a product learns more than the product.

    >>> shares = split_packed([41, -72, 68, 55], privacy=2, width=3, shares=9)
    >>> combine_packed([10 * share + 1 for share in shares])
    array([ 411, -719,  681,  551])
    >>> combine_packed([share * share for share in shares])
    array([1681, 5184, 4624, 3025])
    """

    __slots__ = ()
    __array_ufunc__ = None  # numpy's operators leave plain operands on the left to this class
    _handle: _native.ShamirPackedShare
    _class: ClassVar[type[Any]] = _native.ShamirPackedShare

    @property
    def privacy(self) -> int:
        """How many shares say nothing about the integers."""
        return self._handle.privacy

    @property
    def width(self) -> int:
        """How many integers lie in one polynomial."""
        return self._handle.width

    @property
    def shares(self) -> int:
        """How many shares were made."""
        return self._handle.shares

    @property
    def threshold(self) -> int:
        """How many shares give the integers back: more after products."""
        return self._handle.degree + 1

    def __len__(self) -> int:
        """The length of the vector."""
        return self._handle.length

    def _facts(self) -> dict[str, Any]:
        facts = ("index", "threshold", "shares", "width")
        return {name: getattr(self, name) for name in facts}

    def __add__(self, other: object) -> PackedShare:
        if isinstance(other, PackedShare):
            return PackedShare._wrap(self._handle.add(other._handle))
        return PackedShare._wrap(self._handle.add_public(self._vector(other)))

    __radd__ = __add__

    def __neg__(self) -> PackedShare:
        return PackedShare._wrap(self._handle.scale(-1))

    def __sub__(self, other: object) -> PackedShare:
        if isinstance(other, PackedShare):
            return PackedShare._wrap(self._handle.sub(other._handle))
        return PackedShare._wrap(self._handle.add_public(-self._vector(other)))

    def __rsub__(self, other: object) -> PackedShare:
        return -self + other

    def __mul__(self, other: object) -> PackedShare:
        if isinstance(other, PackedShare):
            return PackedShare._wrap(self._handle.mul(other._handle))
        if _is_one(other):
            return PackedShare._wrap(self._handle.scale(_integer(other)))
        return PackedShare._wrap(self._handle.mul_public(self._vector(other)))

    __rmul__ = __mul__

    def _vector(self, values: object) -> npt.NDArray[np.int64]:
        import numpy as np

        if _is_one(values):
            return np.full(len(self), _integer(values), dtype=np.int64)
        return _integers(values, "operand")


def split_packed(values: npt.ArrayLike, privacy: int, width: int, shares: int) -> list[PackedShare]:
    """Packs `width` integers into each polynomial and splits it: any `privacy` shares say nothing, any ``privacy + width``
    give the vector back. [Franklin, Yung 1992]

    From `privacy` on, each further share gives something away: the price of packing. Nothing names a wrong share; spare
    shares show that there is one. With a width of 1 this is plain sharing of field elements.

    Args:
        values: one axis of integers below 2^60 in size.
        privacy: shares that say nothing, at least 1.
        width: integers in one polynomial, at most 4,096.
        shares: shares made, from ``privacy + width`` to 65,535.

    Raises:
        ParameterError: numbers that are not allowed, integers that are too large, no integers.

    >>> from veilkit import shamir
    >>> shares = shamir.split_packed([5, 6, 7], privacy=1, width=2, shares=4)
    >>> shares[0]
    PackedShare(index=1, threshold=3, shares=4, width=2)
    >>> shamir.combine_packed(shares[1:])
    array([5, 6, 7])
    """
    counts = as_count(privacy, "privacy"), as_count(width, "width"), as_count(shares, "shares")
    dealt = _native.shamir_packed_split(_integers(values, "values"), *counts)
    return [PackedShare._wrap(handle) for handle in dealt]


def combine_packed(shares: Iterable[PackedShare]) -> npt.NDArray[np.int64]:
    """Gives the integers back, and checks that spare shares lie on the same polynomials.

    Raises:
        ProtocolError: fewer shares than their `threshold`, or one of them twice (`culprits` names it).
        ParameterError: shares of different sets or computations.
        CryptoError: there are spare shares, and one of all is wrong.
    """
    return _native.shamir_packed_combine(handles(shares, PackedShare))


def _integers(values: Any, what: str) -> npt.NDArray[np.int64]:
    import numpy as np

    from .._arrays import plain_array

    array = plain_array(values, what)
    if array.dtype != np.int64:
        if not array.size:
            return np.zeros(0, dtype=np.int64)
        raise TypeError(f"{what}: elements must be integers, not {array.dtype}")
    if array.ndim != 1:
        raise error("ShapeMismatch", f"{what}: must have one axis")
    return array.astype(np.int64, copy=False)


def _is_one(value: Any) -> bool:
    import numpy as np

    return np.ndim(value) == 0


def _integer(value: Any) -> int:
    """`value`, or what an array without axes holds."""
    number = operator.index(value[()] if hasattr(value, "shape") else value)
    if not -(1 << 60) < number < 1 << 60:
        raise error("OutOfRange", "operand: 2^60 or more in size")
    return number
