"""A party's memory of the studies that it took part in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import numpy.typing as npt

from ... import _native
from ..._checks import Buffer, as_bytes, checked
from ._plan import Plan, rows


class Ledger:
    """Guards against studies whose difference would show a few rows.

    Admit each plan with this party's own rows before entering it, and keep the ledger's bytes: they are secret.
    """

    __slots__ = ("_handle",)

    def __init__(self) -> None:
        self._handle = _native.MpcStudyLedger.generate()

    @classmethod
    def from_bytes(cls, data: Buffer) -> Ledger:
        """Reads and checks an encoded ledger.

        Raises:
            EncodingError: bytes that are not a ledger.
        """
        ledger = object.__new__(cls)
        ledger._handle = _native.MpcStudyLedger.from_bytes(as_bytes(data, "data"))
        return ledger

    def to_bytes(self) -> bytes:
        """The canonical encoding. Secret."""
        return bytes(self._handle.to_bytes())

    def admit(self, plan: Plan, table: Mapping[str, npt.ArrayLike]) -> None:
        """Checks a plan and this party's own rows against every earlier study, and remembers them. The same plan and rows
        again are admitted again.

        Raises:
            ParameterError: rows that differ from an earlier study's by too few; nothing is remembered then.
        """
        self._handle.admit(checked(plan, Plan, "plan")._handle, rows(plan, table))

    def __len__(self) -> int:
        return len(self._handle)

    def __repr__(self) -> str:
        return f"Ledger(cohorts={len(self)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a ledger is secret; keep its to_bytes() where the rows are kept")
