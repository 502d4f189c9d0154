"""One party's side of a study, and all of them in one process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy.typing as npt

from ... import _native
from ..._checks import Buffer, as_bytes, as_party, checked
from .._local import Watch, run
from .._secure_sum import IdentityKey
from .._session import AnySession, Outgoing, messages
from ._plan import Plan, rows
from ._results import Outcome, outcomes


class Step(NamedTuple):
    """What a step of a session gives."""

    outgoing: list[Outgoing]
    """Messages to send."""
    output: list[Outcome] | None
    """The results, one for each function of the plan, when they are there."""
    journal: bytes
    """What to append to this party's journal before any of the messages is sent, if the study is to survive a crash. The journal
    holds secrets: keep it like the rows."""


class Session(AnySession):
    """One party's side of a study. `first` is the step that comes with it.

    Unlike the short protocols of `veilkit.mpc`, it takes any messages in any order, early ones and repetitions too, and goes on
    as far as it can. One error ends it.

    Args:
        plan: what was agreed on.
        me: this party's number.
        key: its identity key.
        table: its own rows: a list of values for each column of the plan. NaN and None are missing values.

    Raises:
        ParameterError: a column without values or beyond its range, or another key than the plan's.
        ProtocolError: a number that does not take part.
    """

    __slots__ = ()

    def __init__(self, plan: Plan, me: int, key: IdentityKey, table: Mapping[str, npt.ArrayLike]) -> None:
        values = rows(checked(plan, Plan, "plan"), table)
        secret = checked(key, IdentityKey, "key")._handle
        self._handle, given = _native.MpcStudySession.start(plan._handle, as_party(me), secret, values)
        self.first = _step(given)

    @classmethod
    def resume(
        cls, plan: Plan, me: int, key: IdentityKey, table: Mapping[str, npt.ArrayLike], journal: Buffer
    ) -> tuple[Session, int]:
        """Takes a study up again after a crash, with the same rows and the journal that was kept.

        Returns:
            The session, and how many bytes of the journal count: a crash may have cut its end. Cut the file there before
            anything is appended.

        Raises:
            ProtocolError: a journal that is older than what the others have heard (then or in a later step).
        """
        values = rows(checked(plan, Plan, "plan"), table)
        session = object.__new__(cls)
        kept, secret = as_bytes(journal, "journal"), checked(key, IdentityKey, "key")._handle
        session._handle, given, used = _native.MpcStudySession.resume(
            plan._handle, as_party(me), secret, kept, values
        )
        session.first = _step(given)
        return session, used

    def step(self, incoming: Iterable[tuple[int, Buffer]]) -> Step:
        """Takes what arrived, each message with its sender.

        Raises:
            EncodingError, CryptoError, ParameterError, ProtocolError: the study is over; `culprits` names who cheated, where
                the protocol can prove it.
        """
        return _step(self._handle.step(messages(incoming)))

    def expire(self) -> None:
        """Ends the study because nothing came in time.

        Raises:
            ProtocolError: always, naming who is awaited.
        """
        self._handle.expire()

    @property
    def awaits(self) -> list[int]:
        """The parties from whom something is awaited."""
        return list(self._handle.awaits)


def _step(given: tuple[list[tuple[int, bytes]], bytes, list[dict[str, object]] | None]) -> Step:
    sent, journal, results = given
    outgoing = [Outgoing(to, bytes(data)) for to, data in sent]
    return Step(outgoing, None if results is None else outcomes(results), bytes(journal))


def run_locally(
    plan: Plan,
    keys: Mapping[int, IdentityKey],
    tables: Mapping[int, Mapping[str, npt.ArrayLike]],
    *,
    watch: Watch | None = None,
) -> dict[int, list[Outcome]]:
    """All parties of a study in this process, with the real protocol between them: to try it out.

    Args:
        plan: what was agreed on.
        keys: each party's identity key.
        tables: each party's own rows.
        watch: is told sender, receiver and bytes of each message.

    Returns:
        Each party's results.

    Raises:
        VeilkitError: the error of the first party that has one.
    """
    sessions = {me: Session(plan, me, key, tables[me]) for me, key in keys.items()}
    return run(sessions, watch)
