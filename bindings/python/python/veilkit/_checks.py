"""Arguments that are not arrays: bytes-like objects, text, counts, parties and the package's own objects."""

from __future__ import annotations

import operator
from typing import Any, SupportsIndex, TypeAlias

from .errors import error

Buffer: TypeAlias = bytes | bytearray | memoryview


def as_bytes(data: Buffer, what: str) -> bytes:
    """`data` as `bytes`; text and numbers are refused."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"{what}: must be bytes, bytearray or memoryview, not {type(data).__name__}")
    return bytes(data)


def as_text(text: str, what: str) -> str:
    """`text` if it is a `str`; bytes and numbers are refused."""
    if not isinstance(text, str):
        raise TypeError(f"{what}: must be a str, not {type(text).__name__}")
    return text


def as_count(number: SupportsIndex, what: str) -> int:
    """`number` as an integer from 0 to 2^32 - 1; a float is a `TypeError`."""
    count = operator.index(number)
    if not 0 <= count < 1 << 32:
        raise error("InvalidParams", f"{what}: below 0 or far too large")
    return count


def as_party(number: SupportsIndex) -> int:
    """`number` as the number of a party."""
    party = operator.index(number)
    if not 0 < party < 1 << 16:
        raise error("OutOfRange", "party: a number from 1 to 65,535")
    return party


def checked(value: Any, kind: type[Any] | tuple[type[Any], ...], what: str) -> Any:
    """`value`, if it is of this class or one of these."""
    if not isinstance(value, kind):
        names = " or ".join(cls.__name__ for cls in (kind if isinstance(kind, tuple) else (kind,)))
        raise TypeError(f"{what}: must be a {names}, not {type(value).__name__}")
    return value
