"""Arguments that are not arrays: bytes-like objects, text and counts."""

from __future__ import annotations

import operator
from typing import SupportsIndex, TypeAlias

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
