"""Sums and statistics over several parties who do not show each other their data.

A secure sum adds up one vector of numbers per party. Every party that stays learns the sum; nobody learns another
party's numbers, the relay that carries the messages included. It is a state machine without sockets: `SumSession.step`
takes the messages that arrived and gives those to send, over whatever transport there is.

>>> from veilkit import mpc
>>> keys = [mpc.IdentityKey.generate() for _ in range(3)]
>>> plan = mpc.SumPlan(
...     parties={number: key.identity for number, key in enumerate(keys, start=1)},
...     threshold=2, length=2, max_abs=1e6, purpose="sum of ages and number of patients",
... )
>>> inputs = {1: [190.0, 3.0], 2: [121.0, 2.0], 3: [64.0, 1.0]}
>>> outputs = mpc.run_locally(plan, dict(enumerate(keys, start=1)), inputs)
>>> outputs[1].values
array([375.,   6.])
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from . import _native
from ._arrays import plain_array
from ._checks import Buffer, as_bytes, as_count
from .errors import error

__all__ = [
    "ALL",
    "DEFAULT_RANGE",
    "ROUNDS",
    "Column",
    "IdentityKey",
    "Outgoing",
    "Result",
    "Step",
    "Study",
    "SumOutput",
    "SumPlan",
    "SumSession",
    "Summary",
    "Survey",
    "run_locally",
    "simulate",
]

ALL = 0
"""The receiver of a message for every other party."""

ROUNDS = 5
"""Rounds of messages of a secure sum."""


class IdentityKey:
    """A party's long-term signing key. Secret: never printed or pickled; `to_bytes` writes it.

    Parties compare each other's `identity` out of band before they agree on a plan.
    """

    __slots__ = ("_handle",)
    _handle: _native.MpcIdentityKey

    def __init__(self) -> None:
        raise TypeError("use IdentityKey.generate or IdentityKey.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.MpcIdentityKey) -> IdentityKey:
        key = object.__new__(cls)
        key._handle = handle
        return key

    @classmethod
    def generate(cls) -> IdentityKey:
        """Draws a new key from the operating system."""
        return cls._wrap(_native.MpcIdentityKey.generate())

    @classmethod
    def from_bytes(cls, data: Buffer) -> IdentityKey:
        """Reads an encoded key.

        Raises:
            EncodingError: bytes that are not an identity key.
        """
        return cls._wrap(_native.MpcIdentityKey.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding, for its owner only."""
        return self._handle.to_bytes()

    @property
    def identity(self) -> bytes:
        """The public half, 32 bytes."""
        return self._handle.identity

    def __repr__(self) -> str:
        return f"IdentityKey(identity={self.identity.hex()[:16]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an identity key is secret and is not pickled; write it with to_bytes where it must be written")


class SumPlan:
    """What the parties of a secure sum agree on before anything is sent. Every message is bound to it.

    Args:
        parties: the public identity of each party, by its number from 1.
        length: how many numbers each party submits.
        max_abs: a public bound on the absolute value of one number of one party.
        threshold: how many parties must stay to the end: more than half. Up to ``threshold - 1`` curious parties learn
            nothing about the others beyond the sum. All parties if absent.
        min_survivors: the fewest parties whose sum may be revealed; the threshold if absent.
        fraction_bits: numbers are rounded to multiples of ``2 ** -fraction_bits``; at most 60.
        purpose: what the sum is for, in words; every party signs it.
        session: 32 bytes that no other run ever used; drawn at random if absent.

    Raises:
        ParameterError: a field that is not allowed, named.
        EncodingError: an identity that is none.
        ProtocolError: a party twice.
    """

    __slots__ = ("_handle",)
    _handle: _native.MpcSumPlan

    def __init__(
        self,
        *,
        parties: Mapping[int, bytes],
        length: int,
        max_abs: float,
        threshold: int | None = None,
        min_survivors: int | None = None,
        fraction_bits: int = 16,
        purpose: str = "",
        session: bytes | None = None,
    ) -> None:
        listed = [(_party(number), as_bytes(identity, "identity")) for number, identity in parties.items()]
        needed = len(listed) if threshold is None else as_count(threshold, "threshold")
        self._handle = _native.MpcSumPlan.make(
            None if session is None else as_bytes(session, "session"),
            listed,
            needed,
            needed if min_survivors is None else as_count(min_survivors, "min_survivors"),
            as_count(length, "length"),
            as_count(fraction_bits, "fraction_bits"),
            float(max_abs),
            purpose,
        )

    @classmethod
    def from_bytes(cls, data: Buffer) -> SumPlan:
        """Reads and checks an encoded plan.

        Raises:
            EncodingError, ParameterError, ProtocolError: bytes that are not a valid plan.
        """
        plan = object.__new__(cls)
        plan._handle = _native.MpcSumPlan.from_bytes(as_bytes(data, "data"))
        return plan

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def hash(self) -> bytes:
        """The hash of everything in the plan, 32 bytes: parties compare it before they take part."""
        return self._handle.hash

    @property
    def session(self) -> bytes:
        """The number of this run."""
        return self._handle.session

    @property
    def parties(self) -> dict[int, bytes]:
        """The public identity of each party, by its number."""
        return dict(self._handle.parties)

    @property
    def threshold(self) -> int:
        """How many parties must stay to the end."""
        return self._handle.threshold

    @property
    def min_survivors(self) -> int:
        """The fewest parties whose sum may be revealed."""
        return self._handle.min_survivors

    @property
    def length(self) -> int:
        """How many numbers each party submits."""
        return self._handle.length

    @property
    def fraction_bits(self) -> int:
        """Numbers are multiples of ``2 ** -fraction_bits``."""
        return self._handle.fraction_bits

    @property
    def max_abs(self) -> float:
        """The bound on the absolute value of one number of one party."""
        return self._handle.max_abs

    @property
    def purpose(self) -> str:
        """What the sum is for."""
        return self._handle.purpose

    def explain(self) -> str:
        """What is computed, what is revealed, against whom it protects, and what it does not promise."""
        return self._handle.explain()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SumPlan) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        facts = f"parties={len(self.parties)}, threshold={self.threshold}, length={self.length}"
        return f"SumPlan({facts}, purpose={self.purpose!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return SumPlan.from_bytes, (self.to_bytes(),)


class SumOutput:
    """The sum, the same at every party that gets one."""

    __slots__ = ("_handle",)
    _handle: _native.MpcSumOutput

    def __init__(self) -> None:
        raise TypeError("a SumOutput comes from a session")

    @classmethod
    def _wrap(cls, handle: _native.MpcSumOutput) -> SumOutput:
        output = object.__new__(cls)
        output._handle = handle
        return output

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """The sums, one for each number of the plan."""
        return self._handle.values()

    @property
    def raw(self) -> npt.NDArray[np.int64]:
        """The exact sums, in units of ``2 ** -fraction_bits``."""
        return self._handle.raw()

    @property
    def fraction_bits(self) -> int:
        """Bits after the binary point of `raw`."""
        return self._handle.fraction_bits

    @property
    def survivors(self) -> tuple[int, ...]:
        """The parties whose numbers are in the sum."""
        return tuple(self._handle.survivors)

    @property
    def plan_hash(self) -> bytes:
        """The hash of the plan that was carried out."""
        return self._handle.plan_hash

    @property
    def revealed(self) -> str:
        """What was revealed to whom, in words."""
        return self._handle.revealed

    def __repr__(self) -> str:
        return f"SumOutput(values={self.values!r}, survivors={self.survivors})"


class Outgoing(NamedTuple):
    """A message to send: to one party, or to every other party where `to` is `ALL`."""

    to: int
    data: bytes


class Step(NamedTuple):
    """What a step gives: messages to send now, and the sum when it is there."""

    outgoing: list[Outgoing]
    output: SumOutput | None


class SumSession:
    """One party's side of a secure sum, used once.

    Args:
        plan: the plan, the same at every party.
        me: this party's number.
        key: this party's identity key.
        values: one axis of `plan.length` numbers, each within `plan.max_abs`; rounded to `plan.fraction_bits`.

    Attributes:
        first: the step that opens the session, with the messages of round 1.

    Raises:
        ParameterError: a wrong number of values, NaN, infinity or a value out of range; a key that is not the plan's.
        ProtocolError: a number that is not in the plan.
    """

    __slots__ = ("_handle", "first")

    def __init__(self, plan: SumPlan, me: int, key: IdentityKey, values: npt.ArrayLike) -> None:
        if not isinstance(plan, SumPlan) or not isinstance(key, IdentityKey):
            raise TypeError("plan and key: must be a SumPlan and an IdentityKey")
        numbers = plain_array(values, "values").astype(np.float64, copy=False)
        if numbers.ndim != 1:
            raise error("ShapeMismatch", "values: must have one axis")
        self._handle, sent = _native.MpcSumSession.start(plan._handle, _party(me), key._handle, numbers)
        self.first = _step(sent)

    def step(self, incoming: Iterable[tuple[int, Buffer]]) -> Step:
        """Takes every message that arrived in this round, each with the party it is from, and moves on.

        A party that is missing has left for good. In round 1 nobody may be missing; later enough parties must be left.

        Raises:
            EncodingError, CryptoError, ProtocolError, ParameterError: the session is over, and `culprits` names the
                parties to blame where that can be told. The next call raises `ProtocolError`.
        """
        return _step(self._handle.step([(_party(sender), as_bytes(data, "message")) for sender, data in incoming]))

    @property
    def round(self) -> int:
        """The round whose messages the session waits for, from 1 to 5; 0 when it is over."""
        return self._handle.round

    def __repr__(self) -> str:
        return f"SumSession(round={self.round})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session is secret and used once; it is not pickled")


def run_locally(
    plan: SumPlan,
    keys: Mapping[int, IdentityKey],
    inputs: Mapping[int, npt.ArrayLike],
    *,
    leave_after: Mapping[int, int] | None = None,
    watch: Callable[[int, int, bytes], object] | None = None,
) -> dict[int, SumOutput]:
    """Runs a secure sum between all parties in this process, message by message: for tests and simulations.

    Args:
        plan: the plan.
        keys: the identity key of each party, by its number.
        inputs: the numbers of each party.
        leave_after: parties that leave, with the last round whose messages they send.
        watch: called with sender, receiver (or `ALL`) and bytes of each message, as a relay would see it.

    Returns:
        The output of each party that stays to the end.

    Raises:
        VeilkitError: as `SumSession`.
    """
    sessions = {me: SumSession(plan, me, keys[me], values) for me, values in inputs.items()}
    sent = {me: session.first.outgoing for me, session in sessions.items()}
    leaving = dict(leave_after or {})
    outputs: dict[int, SumOutput] = {}
    while sessions:
        arrived: dict[int, list[tuple[int, bytes]]] = {me: [] for me in sessions}
        for sender, messages in sent.items():
            for to, data in messages:
                if watch is not None:
                    watch(sender, to, data)
                for receiver in arrived.keys() - {sender} if to == ALL else arrived.keys() & {to}:
                    arrived[receiver].append((sender, data))
        sessions = {me: session for me, session in sessions.items() if leaving.get(me, ROUNDS + 1) > session.round}
        steps = {me: session.step(arrived[me]) for me, session in sessions.items()}
        sent = {me: step.outgoing for me, step in steps.items()}
        outputs |= {me: step.output for me, step in steps.items() if step.output is not None}
        sessions = {me: session for me, session in sessions.items() if me not in outputs}
    return outputs


@dataclass(frozen=True)
class Column:
    """What is public about a column of a survey.

    Args:
        name: its name.
        range: the lowest and the highest plausible value. From knowledge of the matter, never from the data. The tighter,
            the more exact; a value beyond it is an error.
        edges: edges of a histogram, ascending; bins as in `numpy.histogram`. None for no histogram.
        unit: the unit of measurement, for people.
    """

    name: str
    range: tuple[float, float]
    edges: tuple[float, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Summary:
    """The joint figures of one column. NaN where there are too few rows."""

    column: Column
    count: int
    """How many values."""
    mean: float
    """Their mean."""
    variance: float
    """Their variance, with ``count - 1`` in the denominator."""
    standard_error: float
    """The standard error of the mean."""
    interval: tuple[float, float]
    """The 95% confidence interval of the mean, by Student's t."""
    histogram: npt.NDArray[np.int64]
    """How many values in each bin."""

    @property
    def sum(self) -> float:
        """The sum of the values."""
        return self.mean * self.count if self.count else 0.0

    @property
    def standard_deviation(self) -> float:
        """The square root of the variance."""
        return math.sqrt(self.variance)


class Survey:
    """Turns each party's rows into the vector that it submits to a secure sum, and the sums into figures.

    All parties make the same survey; its `digest` is part of the plan's purpose, so that nobody sums apples and pears.

    >>> survey = Survey([Column("systolic", (50, 250), edges=(50, 120, 140, 250), unit="mmHg")])
    >>> keys = {number: IdentityKey.generate() for number in (1, 2)}
    >>> plan = survey.plan({n: key.identity for n, key in keys.items()}, max_rows=1000, purpose="blood pressure")
    >>> rows = {1: [118.0, 135.0, float("nan")], 2: [127.0]}
    >>> inputs = {n: survey.encode({"systolic": values}) for n, values in rows.items()}
    >>> figures = survey.decode(run_locally(plan, keys, inputs)[1])["systolic"]
    >>> figures.count, round(figures.mean, 6), figures.histogram
    (3, 126.666667, array([1, 2, 0]))
    """

    __slots__ = ("_handle", "columns")

    def __init__(self, columns: Iterable[Column]) -> None:
        self.columns = tuple(columns)
        """The columns, in the order of the vector."""
        described = [
            (column.name, (float(column.range[0]), float(column.range[1])), [float(edge) for edge in column.edges])
            for column in self.columns
        ]
        self._handle = _native.MpcSurvey(described)

    @property
    def length(self) -> int:
        """The number of entries of the vector."""
        return self._handle.length

    @property
    def digest(self) -> bytes:
        """What the parties must agree on, 32 bytes."""
        return self._handle.digest

    def plan(
        self,
        parties: Mapping[int, bytes],
        *,
        max_rows: int,
        threshold: int | None = None,
        min_survivors: int | None = None,
        purpose: str = "",
        session: bytes | None = None,
    ) -> SumPlan:
        """The plan of a secure sum that fits this survey.

        Args:
            parties: the public identity of each party, by its number.
            max_rows: a public bound on the rows of one party.
            threshold, min_survivors, session: as in `SumPlan`.
            purpose: in words; the digest of the survey is added.

        Raises:
            ParameterError: too many rows or parties, or as `SumPlan`.
        """
        length, max_abs, fraction_bits = self._handle.fit(len(parties), as_count(max_rows, "max_rows"))
        return SumPlan(
            parties=parties,
            length=length,
            max_abs=max_abs,
            threshold=threshold,
            min_survivors=min_survivors,
            fraction_bits=fraction_bits,
            purpose=f"{purpose} [survey {self.digest.hex()}]",
            session=session,
        )

    def encode(self, rows: Mapping[str, npt.ArrayLike]) -> npt.NDArray[np.float64]:
        """One party's vector, from its values of each column. NaN means missing and is left out.

        Args:
            rows: one axis of numbers for each column, by its name; a column that is absent here has no rows.

        Raises:
            ParameterError: a value beyond the column's range; a name that is no column.
        """
        unknown = rows.keys() - {column.name for column in self.columns}
        if unknown:
            raise error("InvalidParams", "rows: a name that is no column of the survey")
        return self._handle.encode([_present(rows.get(column.name, ())) for column in self.columns])

    def decode(self, output: SumOutput) -> dict[str, Summary]:
        """The joint figures of each column, by its name.

        Raises:
            ParameterError: sums of another survey.
            CryptoError: sums that no rows can have: some party submitted something else.
        """
        figures = self._handle.decode(output.raw, output.fraction_bits)
        summaries = {}
        for column, (count, mean, variance, standard_error, interval, histogram) in zip(
            self.columns, figures, strict=True
        ):
            counts = np.array(histogram, dtype=np.int64)
            summaries[column.name] = Summary(column, count, mean, variance, standard_error, interval, counts)
        return summaries

    def __repr__(self) -> str:
        return f"Survey({[column.name for column in self.columns]})"


@dataclass(frozen=True)
class Result:
    """One joint figure of a study."""

    value: Any
    """The figure: an integer, a float, or an array of counts."""
    n: int
    """How many values it is computed from, over all parties."""
    standard_error: float | None
    """Its standard error; None for what is no estimate."""
    interval: tuple[float, float] | None
    """Its 95% confidence interval; None where there is none."""
    unit: str
    """The unit of measurement."""
    revealed: str
    """What every party learned, in words."""
    rounds: int
    """Rounds of messages of the sum behind it."""
    bytes: int
    """Bytes of all its messages."""
    _explanation: str

    def explain(self) -> str:
        """What was computed, what was revealed, and against whom it protects."""
        return self._explanation

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.standard_error is None:
            return f"Result({self.value}{unit}, n={self.n})"
        return f"Result({self.value:.6g}{unit}, standard_error={self.standard_error:.3g}, n={self.n})"


DEFAULT_RANGE = (-10_000.0, 10_000.0)
"""The range of a study's column that was not declared."""


class Study:
    """A joint study of several parties in one process, with the real protocol between them. Made by `simulate`."""

    def __init__(self, parties: int, threshold: int | None, max_rows: int) -> None:
        count = as_count(parties, "parties")
        self._keys = {number: IdentityKey.generate() for number in range(1, count + 1)}
        self._threshold = count // 2 + 1 if threshold is None else threshold
        self._max_rows = max_rows
        self._columns: dict[str, Column] = {}
        self._rows: dict[str, dict[int, list[npt.NDArray[np.float64]]]] = {}
        self._done: dict[tuple[str, tuple[float, ...]], tuple[Summary, SumPlan, str, int]] = {}

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *exception: object) -> None:
        self._rows.clear()
        self._keys.clear()

    def column(self, name: str, range: tuple[float, float], *, unit: str = "") -> None:
        """Declares what is public about a column, before anything is asked about it.

        Args:
            name: its name.
            range: the lowest and the highest plausible value, from knowledge of the matter.
            unit: the unit of measurement.

        Raises:
            ParameterError: a range that is none, or a column that was asked about already.
        """
        column = Column(name, range, unit=unit)
        Survey([column])
        if any(asked == name for asked, _ in self._done):
            raise error("InvalidParams", "column: it was asked about already")
        self._columns[name] = column

    def submit(self, party: int, column: str, values: npt.ArrayLike) -> None:
        """Gives one party's values of a column. NaN means missing and is left out. Twice adds more rows.

        Args:
            party: from 0.
            column: its name; without `Study.column` its range is `DEFAULT_RANGE`.
            values: one axis of numbers.

        Raises:
            ParameterError: a value beyond the range.
            ProtocolError: a party that does not exist.
        """
        number = operator.index(party) + 1
        if number not in self._keys:
            raise error("UnknownParty", "party: not in the study")
        described = self._columns.setdefault(column, Column(column, DEFAULT_RANGE))
        numbers = _present(values)
        Survey([described]).encode({column: numbers})
        self._rows.setdefault(column, {}).setdefault(number, []).append(numbers)
        self._done = {asked: done for asked, done in self._done.items() if asked[0] != column}

    def count(self, column: str) -> Result:
        """How many values there are."""
        return self._result(column, lambda s: (s.count, None, None), unit="")

    def sum(self, column: str) -> Result:
        """The sum of the values."""
        return self._result(column, lambda s: (s.sum, None, None))

    def mean(self, column: str) -> Result:
        """The mean, with its standard error and 95% confidence interval."""
        return self._result(column, lambda s: (s.mean, s.standard_error, s.interval))

    def variance(self, column: str) -> Result:
        """The variance with ``n - 1`` in the denominator; its standard error is that for normal values."""

        def figure(s: Summary) -> _Figure:
            return s.variance, s.variance * math.sqrt(2 / (s.count - 1)) if s.count > 1 else math.nan, None

        unit = self._describe(column).unit
        return self._result(column, figure, unit=f"({unit})^2" if unit else "")

    def standard_deviation(self, column: str) -> Result:
        """The square root of the variance; its standard error is that for normal values."""

        def figure(s: Summary) -> _Figure:
            deviation = s.standard_deviation
            return deviation, deviation / math.sqrt(2 * (s.count - 1)) if s.count > 1 else math.nan, None

        return self._result(column, figure)

    def standard_error(self, column: str) -> Result:
        """The standard error of the mean."""
        return self._result(column, lambda s: (s.standard_error, None, None))

    def histogram(self, column: str, bins: int | npt.ArrayLike) -> Result:
        """How many values lie in each bin.

        Args:
            column: its name.
            bins: a number of bins over the declared range, or their edges, as in `numpy.histogram`.

        Returns:
            `value` is an array of counts.
        """
        if np.ndim(bins) == 0:
            count = as_count(bins, "bins")  # type: ignore[arg-type]
            if not 0 < count <= 1024:
                raise error("InvalidParams", "bins: from 1 to 1,024")
            edges = np.linspace(*self._describe(column).range, count + 1)
        else:
            edges = plain_array(bins, "bins").astype(np.float64).ravel()
        return self._result(column, lambda s: (s.histogram, None, None), tuple(edges.tolist()), unit="")

    def summary(self, column: str) -> Summary:
        """All figures of a column at once."""
        return self._ask(column, ())[0]

    def _describe(self, column: str) -> Column:
        described = self._columns.get(column)
        if described is None:
            raise error("InvalidParams", "column: nobody submitted or declared it")
        return described

    def _result(
        self,
        column: str,
        figure: Callable[[Summary], _Figure],
        edges: tuple[float, ...] = (),
        unit: str | None = None,
    ) -> Result:
        summary, plan, revealed, size = self._ask(column, edges)
        value, standard_error, interval = figure(summary)
        explanation = f"{revealed}\n\n{plan.explain()}"
        unit = summary.column.unit if unit is None else unit
        return Result(value, summary.count, standard_error, interval, unit, revealed, ROUNDS, size, explanation)

    def _ask(self, name: str, edges: tuple[float, ...]) -> tuple[Summary, SumPlan, str, int]:
        """One secure sum for each column and each set of bins: what was revealed once is not computed again."""
        done = self._done.get((name, edges))
        if done is not None:
            return done
        if not self._keys:
            raise error("SessionPoisoned", "study: it is closed")
        described = self._describe(name)
        survey = Survey([Column(name, described.range, edges, described.unit)])
        plan = survey.plan(
            {number: key.identity for number, key in self._keys.items()},
            max_rows=self._max_rows,
            threshold=self._threshold,
            min_survivors=len(self._keys),
            purpose=f"study of {name}",
        )
        rows = self._rows.get(name, {})
        inputs = {number: survey.encode({name: np.concatenate([[], *rows.get(number, [])])}) for number in self._keys}
        sizes: list[int] = []
        outputs = run_locally(plan, self._keys, inputs, watch=lambda _from, _to, data: sizes.append(len(data)))
        output = next(iter(outputs.values()))
        parts = "count, sum and sum of squares" + (" and the counts in the bins" if edges else "")
        revealed = f"Every party learned of the joint column {name!r}: its {parts}. {output.revealed}"
        done = survey.decode(output)[name], plan, revealed, sum(sizes)
        self._done[name, edges] = done
        return done


def simulate(parties: int = 3, *, threshold: int | None = None, max_rows: int = 100_000) -> Study:
    """A study of several parties in this process, with the real secure sum between them: to try out before it is real.

    Args:
        parties: from 2 to 255.
        threshold: how many must stay to the end; more than half of them if absent.
        max_rows: a public bound on the rows of one party.

    >>> with simulate(parties=3) as study:
    ...     study.column("sbp", range=(50, 300), unit="mmHg")
    ...     study.submit(0, "sbp", [120.0, 131.0])
    ...     study.submit(1, "sbp", [118.0, float("nan")])
    ...     study.submit(2, "sbp", [142.0])
    ...     study.mean("sbp")
    Result(127.75 mmHg, standard_error=5.54, n=4)
    """
    return Study(parties, threshold, max_rows)


_Figure: TypeAlias = tuple[Any, float | None, tuple[float, float] | None]


def _present(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """One axis of floats without those that are NaN."""
    numbers = plain_array(np.asarray(values, dtype=np.float64) if np.size(values) == 0 else values, "values")
    floats = np.ascontiguousarray(numbers, dtype=np.float64)
    if floats.ndim != 1:
        raise error("ShapeMismatch", "values: must have one axis")
    return floats[~np.isnan(floats)]


def _party(number: int) -> int:
    party = operator.index(number)
    if not 0 < party < 1 << 16:
        raise error("OutOfRange", "party: a number from 1 to 65,535")
    return party


def _step(sent: tuple[list[tuple[int, bytes]], _native.MpcSumOutput | None]) -> Step:
    messages, output = sent
    return Step([Outgoing(*message) for message in messages], None if output is None else SumOutput._wrap(output))
