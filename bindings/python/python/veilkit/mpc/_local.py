"""All parties of a protocol in this process, message by message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar

from ._session import ALL

Watch: TypeAlias = Callable[[int, int, bytes], object]
"""Is told sender, receiver (or `ALL`) and bytes of each message, as a relay would see it."""

T = TypeVar("T", covariant=True)


class _Session(Protocol[T]):
    """What every session can do."""

    @property
    def first(self) -> Any: ...
    @property
    def round(self) -> int: ...
    def step(self, incoming: Iterable[tuple[int, bytes]]) -> Any: ...


def run(
    sessions: Mapping[int, _Session[T]], watch: Watch | None, leave_after: Mapping[int, int] | None = None
) -> dict[int, T]:
    """Carries messages between the sessions, by the numbers of their parties, until each that stays has its output.

    `leave_after` has the parties that leave, with the last round whose messages they send.

    Raises:
        VeilkitError: the error of the first session that has one.
    """
    running, leaving = dict(sessions), leave_after or {}
    sent = {me: session.first.outgoing for me, session in running.items()}
    outputs: dict[int, T] = {}
    while running:
        arrived: dict[int, list[tuple[int, bytes]]] = {me: [] for me in running}
        for sender, messages in sent.items():
            for to, data in messages:
                if watch is not None:
                    watch(sender, to, data)
                for receiver in arrived.keys() - {sender} if to == ALL else arrived.keys() & {to}:
                    arrived[receiver].append((sender, data))
        running = {me: session for me, session in running.items() if session.round < leaving.get(me, session.round + 1)}
        steps = {me: session.step(arrived[me]) for me, session in running.items()}
        sent = {me: step.outgoing for me, step in steps.items()}
        outputs |= {me: step.output for me, step in steps.items() if step.output is not None}
        running = {me: session for me, session in running.items() if me not in outputs}
    return outputs
