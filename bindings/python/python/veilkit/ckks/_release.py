"""Results that may be given away: flooded with noise, and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn, SupportsIndex

from .. import _native
from .._checks import Buffer, as_bytes, as_count, checked
from . import _array
from ._numbers import limit
from ._params import Params


@dataclass(frozen=True)
class Released:
    """Numbers that may leave the key holder.

    Attributes:
        values: float64 or complex128, of the shape of the array.
        error_bound: no real or imaginary part is farther from the exact result, but with probability below 2^-40.
    """

    values: Any
    error_bound: float


class ReleaseBudget:
    """How often a secret key may still give numbers away. One for each key, made with it and kept with it.

    It counts down before anything is computed, so store it after each release and before the result leaves. It is not pickled or
    copied: a copy that counts from an old number allows more than was promised. After a backup was restored, write off
    (`write_off`) what may have been released since.
    """

    __slots__ = ("_handle",)
    _handle: _native.CkksReleaseBudget

    def __init__(self) -> None:
        raise TypeError("use SecretKey.release_budget or ReleaseBudget.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.CkksReleaseBudget) -> ReleaseBudget:
        budget = object.__new__(cls)
        budget._handle = handle
        return budget

    @classmethod
    def _new(cls, key: _native.CkksSecretKey, releases: SupportsIndex, bits: SupportsIndex) -> ReleaseBudget:
        counts = as_count(releases, "releases"), as_count(bits, "statistical_bits")
        return cls._wrap(_native.CkksReleaseBudget(key, *counts))

    @classmethod
    def from_bytes(cls, data: Buffer) -> ReleaseBudget:
        """Reads an encoded budget: the latest that was stored, or more is given away than was promised.

        Raises:
            EncodingError: bytes that are no budget.
        """
        return cls._wrap(_native.CkksReleaseBudget.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding of what is left now."""
        return self._handle.to_bytes()

    @property
    def params(self) -> Params:
        """The parameters."""
        return Params._wrap(self._handle.params)

    @property
    def key_id(self) -> str:
        """What names the secret key, 32 hexadecimal digits."""
        return self._handle.id.hex()

    @property
    def left(self) -> int:
        """How many releases are left."""
        return self._handle.left

    @property
    def releases(self) -> int:
        """How many there were at the beginning."""
        return self._handle.releases

    @property
    def statistical_bits(self) -> int:
        """The bits of statistical security for all of them together."""
        return self._handle.statistical_bits

    def write_off(self, releases: SupportsIndex) -> None:
        """Gives up releases that may have happened without being counted; all, if fewer are left."""
        self._handle.write_off(as_count(releases, "releases"))

    def __repr__(self) -> str:
        return f"ReleaseBudget(left={self.left}, releases={self.releases}, key={self.key_id[:8]!r})"

    def __copy__(self) -> NoReturn:
        raise TypeError("a release budget is not copied: the copy would count from here again")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a release budget is not pickled; store its to_bytes after each release")


def released(
    key: _native.CkksSecretKey, encrypted: _array.EncryptedArray, budget: ReleaseBudget, at_most_error: float
) -> Released:
    checked(encrypted, _array.EncryptedArray, "encrypted")
    checked(budget, ReleaseBudget, "budget")
    most = limit(at_most_error)
    if most is None:
        raise TypeError("at_most_error: must be a number")
    values, error_bound = budget._handle.release(key, encrypted._handle, most)
    return Released(values.reshape(encrypted.shape)[()], error_bound)
