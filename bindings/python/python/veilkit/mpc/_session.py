"""What the plans and sessions of all protocols have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple, NoReturn, TypeVar

from .._checks import Buffer, as_bytes, as_party

ALL = 0
"""The receiver of a message for every other party."""


class Outgoing(NamedTuple):
    """A message to send: to one party, or to every other party where `to` is `ALL`."""

    to: int
    data: bytes


def messages(incoming: Iterable[tuple[int, Buffer]]) -> list[tuple[int, bytes]]:
    """Messages with their senders."""
    return [(as_party(sender), as_bytes(data, "message")) for sender, data in incoming]


P = TypeVar("P", bound="AnyPlan")


class AnyPlan:
    """What parties agree on before anything is sent, and its bytes."""

    __slots__ = ("_handle",)
    _handle: Any
    _compiled: ClassVar[Any]
    """The compiled half of the class."""

    @classmethod
    def from_bytes(cls: type[P], data: Buffer) -> P:
        """Reads and checks an encoded plan.

        Raises:
            EncodingError, ParameterError, ProtocolError: bytes that are not a valid plan.
        """
        plan = object.__new__(cls)
        plan._handle = cls._compiled.from_bytes(as_bytes(data, "data"))
        return plan

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return bytes(self._handle.to_bytes())

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    @property
    def hash(self) -> bytes:
        """The hash of everything in the plan, 32 bytes: parties compare it before they take part."""
        return bytes(self._handle.hash)

    @property
    def session(self) -> bytes:
        """The number of this run."""
        return bytes(self._handle.session)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)


class AnySession:
    """One party's side of a run, used once."""

    __slots__ = ("_handle", "first")
    _handle: Any
    first: Any

    @property
    def round(self) -> int:
        """The round whose messages the session waits for, from 1; 0 when it is over."""
        return int(self._handle.round)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(round={self.round})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session is secret and used once; it is not pickled")
