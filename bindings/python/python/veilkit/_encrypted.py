"""What encrypted arrays of every scheme have in common: public facts, bytes, and what encrypted numbers cannot do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Self


class Handle(Protocol):
    """What every native array offers."""

    @property
    def shape(self) -> list[int]: ...
    def to_bytes(self) -> bytes: ...


class ExactHandle(Handle, Protocol):
    """What native arrays of exact numbers offer."""

    @property
    def scale(self) -> int: ...
    @property
    def headroom_bits(self) -> int: ...


H = TypeVar("H", bound=Handle)
E = TypeVar("E", bound=ExactHandle)
K = TypeVar("K")


class Encrypted(Generic[H]):
    """Encrypted numbers. The handle is immutable; operations give new objects."""

    __slots__ = ("_handle",)
    _handle: H

    def __init__(self) -> None:
        raise TypeError(f"use encrypt or {type(self).__name__}.from_bytes")

    def _like(self, handle: H) -> Self:
        """Another array under the same key."""
        raise NotImplementedError

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents."""
        return tuple(self._handle.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("an array without axes has no length")
        return self.shape[0]

    def to_bytes(self) -> bytes:
        """The canonical encoding, to be sent or stored."""
        return self._handle.to_bytes()

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise TypeError("an encrypted array cannot become a plain one; use SecretKey.decrypt")

    def __bool__(self) -> NoReturn:
        raise TypeError("the truth of encrypted numbers is not known without the secret key")

    def _compare(self, other: object) -> NoReturn:
        raise TypeError("encrypted numbers are not compared")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compare
    __hash__ = None  # type: ignore[assignment]


class ExactNumbers(Encrypted[E], Generic[E, K]):
    """Integers or fixed-point numbers under one public key."""

    __slots__ = ("_public_key",)
    _public_key: K

    @classmethod
    def _wrap(cls, handle: E, public_key: K) -> Self:
        array = object.__new__(cls)
        array._handle = handle
        array._public_key = public_key
        return array

    def _like(self, handle: E) -> Self:
        return self._wrap(handle, self._public_key)

    @property
    def kind(self) -> str:
        """`'int'` for exact integers, `'fixed'` for fixed-point numbers."""
        return "fixed" if self._handle.scale else "int"

    @property
    def scale(self) -> int:
        """Bits after the binary point now: each multiplication by floats adds the key's `fraction_bits`."""
        return self._handle.scale

    @property
    def headroom_bits(self) -> int:
        """How many times the bound can still double before an operation is refused."""
        return self._handle.headroom_bits

    @property
    def public_key(self) -> K:
        """The key it is encrypted under."""
        return self._public_key

    def to_bytes(self) -> bytes:
        """The canonical encoding, to be sent or stored.

        A result of computation is randomized anew first, so that the bytes do not show how it was made.
        """
        return self._handle.to_bytes()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(), self._public_key)  # type: ignore[attr-defined]
