"""What the parties of a study agree on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from ... import _native
from ..._checks import Buffer, as_bytes, as_count, as_party, as_text
from ...errors import error
from .._session import AnyPlan
from ._columns import AnyColumn
from ._functions import Function


@dataclass(frozen=True)
class Network:
    """How the parties are connected. It chooses between protocols of fewer rounds or of fewer bytes."""

    round_trip: float = 1e-4
    """Seconds for a message there and an answer back."""
    bandwidth: float = 125e6
    """Bytes per second that a party can send."""


LAN = Network()
"""One machine, or machines in one room: 0.1 ms, 1 Gbit/s."""
WAN = Network(4e-2, 12.5e6)
"""Sites across a country: 40 ms, 100 Mbit/s."""


@dataclass(frozen=True)
class Policy:
    """What may leave a study, and to whom. Everybody signs it with the plan, and the core holds to it."""

    min_cohort: int = 10
    """The smallest number of rows, of all parties together, that a figure may be about."""
    min_parties: int = 2
    """How many parties at least must have rows in it."""
    min_cell: int = 5
    """Counts from 1 to one below this are not shown in tables; 1 shows all."""
    receivers: Sequence[int] | None = None
    """The parties that see the results; everybody if absent."""
    allow_extremes: bool = False
    """Whether single rows' values may be shown: minimum, maximum, top-k."""


class Cost(NamedTuple):
    """What a study takes."""

    rounds: int
    """Rounds of messages."""
    bytes: int
    """The most bytes that one party sends."""
    total_bytes: int
    """The bytes that all parties send."""
    seconds: float
    """The time on the way, over the network that was asked for; computing is not in it."""


class Plan(AnyPlan):
    """A study: who takes part, which columns there are, what is asked, what may leave.

    Every party looks at it, compares its `hash` with the others, and enters with its own rows. The first message signs the hash:
    nobody takes part in another plan.

    Args:
        purpose: what it is for, in words for people.
        parties: each party's number and public identity, 3 to 50 of them.
        columns: the columns of the joint table.
        functions: what is asked.
        policy: what may leave, and to whom.
        malicious: hold against a minority of parties that does anything (the run ends with an error instead of a wrong result);
            otherwise against a minority that pools what it sees but follows the protocol.
        network: how the parties are connected.
        max_rows: a public bound on the rows of one party.
        session: the number of this run; drawn if absent.

    Raises:
        ParameterError: a column that is not there, a function that does not fit its columns, a policy that cannot be kept.
        ProtocolError: the same party twice, or a receiver that does not take part.
    """

    __slots__ = ()
    _compiled: ClassVar[Any] = _native.MpcStudyPlan

    def __init__(
        self,
        *,
        purpose: str,
        parties: Mapping[int, Buffer],
        columns: Sequence[AnyColumn],
        functions: Sequence[Function],
        policy: Policy | None = None,
        malicious: bool = True,
        network: Network = LAN,
        max_rows: int = 100_000,
        session: Buffer | None = None,
    ) -> None:
        policy = Policy() if policy is None else policy
        places = {column.name: place for place, column in enumerate(columns)}

        def place(name: str) -> int:
            if name not in places:
                raise error("InvalidParams", f"function: no column {name!r}")
            return places[name]

        members = [(as_party(number), as_bytes(identity, "identity")) for number, identity in parties.items()]
        receivers = [number for number, _ in members] if policy.receivers is None else policy.receivers
        self._handle = _native.MpcStudyPlan.make(
            None if session is None else as_bytes(session, "session"),
            as_text(purpose, "purpose"),
            members,
            bool(malicious),
            (float(network.round_trip), float(network.bandwidth)),
            [column._fields() for column in columns],
            [function._fields(place) for function in functions],
            (
                as_count(policy.min_cohort, "min_cohort"),
                as_count(policy.min_parties, "min_parties"),
                as_count(policy.min_cell, "min_cell"),
                [as_party(number) for number in receivers],
                bool(policy.allow_extremes),
            ),
            as_count(max_rows, "max_rows"),
        )

    @property
    def purpose(self) -> str:
        """What the study is for."""
        return str(self._handle.purpose)

    @property
    def parties(self) -> dict[int, bytes]:
        """Everybody who takes part, with their public identities."""
        return {number: bytes(identity) for number, identity in self._handle.parties}

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._handle.columns)

    @property
    def functions(self) -> list[str]:
        """The names of the functions."""
        return list(self._handle.functions)

    @property
    def malicious(self) -> bool:
        """Whether it holds against parties that deviate."""
        return bool(self._handle.malicious)

    def explain(self) -> str:
        """What is computed, what is revealed to whom, against whom it protects, and what it does not promise."""
        return str(self._handle.explain())

    def cost(self, network: Network = LAN) -> Cost:
        """What the study takes over a network: found by running it with made-up rows in this process."""
        return Cost(*self._handle.cost((float(network.round_trip), float(network.bandwidth))))

    def __repr__(self) -> str:
        asked = ", ".join(self.functions)
        return f"Plan({self.purpose!r}, parties={len(self.parties)}, columns={self.columns}, functions=[{asked}])"


def rows(plan: Plan, table: Mapping[str, npt.ArrayLike]) -> list[npt.NDArray[np.float64]]:
    """A party's columns in the order of the plan; NaN and None are missing values."""
    names = plan.columns
    for name in table:
        if name not in names:
            raise error("InvalidParams", f"table: no column {name!r} in the plan")
    missing = [name for name in names if name not in table]
    if missing:
        raise error("InvalidParams", f"table: no values for column {missing[0]!r}")
    return [_numbers(table[name], plan._handle.levels(place)) for place, name in enumerate(names)]


def _numbers(values: npt.ArrayLike, levels: list[str]) -> npt.NDArray[np.float64]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise error("ShapeMismatch", "table: each column has one axis")
    if levels and array.dtype.kind in "OUST" and _has_words(array):
        places = {level: float(place) for place, level in enumerate(levels)}
        return np.array([_place(value, places) for value in array.tolist()], dtype=np.float64)
    if array.dtype.kind not in "biufO" or (array.dtype.kind == "O" and _has_words(array)):
        raise TypeError(f"table: numbers, not {array.dtype}")
    if array.dtype.kind == "O":
        array = np.array([float("nan") if is_missing(value) else value for value in array.tolist()], dtype=np.float64)
    return np.ascontiguousarray(array, dtype=np.float64)


def _has_words(array: npt.NDArray[Any]) -> bool:
    return any(isinstance(value, str) for value in array.tolist())


def is_missing(value: object) -> bool:
    """Whether a value is None, NaN, or what pandas has for a missing one."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def _place(value: object, places: Mapping[str, float]) -> float:
    if is_missing(value):
        return float("nan")
    if value not in places:
        raise error("OutOfRange", "table: a level that the plan does not have")
    return places[value]  # type: ignore[index]
