"""A party's end of a transport, and what takes a session to its end over it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from types import TracebackType
from typing import Any, Protocol, TypeVar

from ...errors import error
from .._session import ALL
from ._post import Post
from ._wire import MAX_PAYLOAD

T = TypeVar("T", covariant=True)


class Link:
    """Sends to every peer and receives from every peer of one session; keeps its connections up.

    Use it as an asynchronous context manager: leaving it ends the connections.
    """

    def __init__(self, me: int, peers: Iterable[int], keep_up: Callable[[Post], list[Coroutine[Any, Any, None]]]) -> None:
        self.me = me
        self.peers = tuple(peers)
        self._post = Post(self.peers)
        self._keep_up = keep_up
        self._connections: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Link:
        self._connections = [asyncio.ensure_future(each) for each in self._keep_up(self._post)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # More than once: before Python 3.12 `asyncio.wait_for` may lose a cancellation to what it waited for.
        pending = set(self._connections)
        while pending:
            for connection in pending:
                connection.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.5)

    def send(self, to: int, data: bytes) -> None:
        """Gives a message on, to one peer or to all (`ALL`). It is kept until its receiver has acknowledged it."""
        if len(data) > MAX_PAYLOAD:
            raise error("OutOfRange", "message: more than 2^28 bytes")
        if to != ALL and to not in self.peers:
            raise error("UnknownParty", "message: its receiver is no peer")
        for peer in self.peers if to == ALL else (to,):
            self._post.send(peer, data)

    async def receive(self) -> tuple[int, bytes]:
        """The next message, with its sender.

        Raises:
            ConnectionError: a connection that cannot be made again, such as after a refusal by the relay.
            ssl.SSLError: a wrong certificate.
        """
        arrived = asyncio.ensure_future(self._post.arrived.get())
        try:
            await asyncio.wait([arrived, *self._connections], return_when=asyncio.FIRST_COMPLETED)
            if arrived.done():
                return arrived.result()
            for connection in self._connections:
                if connection.done():
                    connection.result()
            raise ConnectionError("a connection that stopped")
        finally:
            arrived.cancel()

    def receive_nowait(self) -> list[tuple[int, bytes]]:
        """The messages that are here already."""
        here = []
        while not self._post.arrived.empty():
            here.append(self._post.arrived.get_nowait())
        return here

    def acknowledge(self, sender: int, count: int = 1) -> None:
        """The next messages of a sender are safe (in a journal, or not needed again): the sender may forget them."""
        self._post.stored(sender, count)

    @property
    def settled(self) -> bool:
        """Whether every message is safe with its receiver, and every acknowledgement on its way."""
        return self._post.settled

    async def next_arrival_or_settled(self) -> list[tuple[int, bytes]]:
        """Waits for messages, or until `settled`; then there are none."""
        changes = self._post.watch()
        try:
            while not self.settled:
                if here := self.receive_nowait():
                    return here
                changes.clear()
                change, arrival = asyncio.ensure_future(changes.wait()), asyncio.ensure_future(self.receive())
                done, _ = await asyncio.wait([change, arrival], return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
                if arrival in done:
                    return [arrival.result()]
                arrival.cancel()
                await asyncio.gather(arrival, return_exceptions=True)
            return []
        finally:
            self._post.unwatch(changes)


class _Session(Protocol[T]):
    """What a session that takes messages in any order can do."""

    @property
    def first(self) -> Any: ...
    def step(self, incoming: Iterable[tuple[int, bytes]]) -> Any: ...
    def expire(self) -> None: ...


async def drive(
    session: _Session[T],
    link: Link,
    *,
    silence: float = 600.0,
    farewell: float = 60.0,
    store: Callable[[bytes], object] | None = None,
) -> Any:
    """Takes a session of `veilkit.mpc.study` to its end over a link.

    Args:
        session: the session, fresh or resumed.
        link: from `tcp` or `relay`.
        silence: seconds to wait for anything at all to arrive.
        farewell: seconds, after the output, for the others to acknowledge the last messages.
        store: gets what to append to the journal, before anything of the step is sent; write it durably there (`os.fsync`).

    Returns:
        The session's output.

    Raises:
        VeilkitError: whatever ends the session; after too much silence a ProtocolError that names who was awaited.
        ConnectionError, ssl.SSLError: as `Link.receive`.
    """
    step = session.first
    arrived: list[tuple[int, bytes]] = []
    while True:
        _send(link, step, arrived, store)
        if step.output is not None:
            try:
                await asyncio.wait_for(_say_farewell(session, link, store), farewell)
            except asyncio.TimeoutError:
                pass  # the output is right whether or not the others hear the last words
            return step.output
        try:
            arrived = [await asyncio.wait_for(link.receive(), silence)]
        except asyncio.TimeoutError:
            session.expire()
        arrived += link.receive_nowait()
        step = session.step(arrived)


def _send(
    link: Link, step: Any, arrived: list[tuple[int, bytes]], store: Callable[[bytes], object] | None
) -> None:
    if store is not None and step.journal:
        store(step.journal)
    for sender, _ in arrived:
        link.acknowledge(sender)
    for to, data in step.outgoing:
        link.send(to, data)


async def _say_farewell(session: _Session[T], link: Link, store: Callable[[bytes], object] | None) -> None:
    """Answers parties that were restarted, until everybody has everything."""
    while arrived := await link.next_arrival_or_settled():
        _send(link, session.step(arrived), arrived, store)
