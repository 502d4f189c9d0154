"""What is on its way to each peer and what came from it: numbers, acknowledgements, nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable

from ._wire import Number, WireError


class Mail:
    """To and from one peer."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Number, bytes]] = deque()
        """Not yet safe with the peer, ascending."""
        self.last = 0
        """How many were given out."""
        self.received = Number()
        """Everything up to this number has come."""
        self.unstored: deque[Number] = deque()
        """What came and is not safe yet."""
        self.stored = Number()
        """Everything up to this number is safe on this side."""
        self.told = Number()
        """The peer was told so up to this number."""


class Post:
    """The messages of one session, of one party, shared between its link and its connections."""

    def __init__(self, peers: Iterable[int]) -> None:
        self.start = time.time_ns()
        self.mail = {peer: Mail() for peer in peers}
        self.arrived: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self._watchers: set[asyncio.Event] = set()

    def watch(self) -> asyncio.Event:
        """An event that every change sets."""
        event = asyncio.Event()
        self._watchers.add(event)
        return event

    def unwatch(self, event: asyncio.Event) -> None:
        """No longer sets it."""
        self._watchers.discard(event)

    def changed(self) -> None:
        """Makes connections look again at what there is to say."""
        for event in self._watchers:
            event.set()

    def send(self, peer: int, payload: bytes) -> None:
        """Takes a message to be sent."""
        mail = self.mail[peer]
        mail.last += 1
        mail.waiting.append((Number(self.start, mail.last), payload))
        self.changed()

    def accept(self, peer: int, number: Number, payload: bytes) -> None:
        """Takes in what came; a message that came before is passed over.

        Of a program that this one has not heard yet, any message may be the first: those before it are safe here from an
        earlier run.
        """
        mail = self._mail(peer)
        if number <= mail.received:
            return
        if number.start == mail.received.start and number.sequence != mail.received.sequence + 1:
            raise WireError("a message before the one that comes first")
        mail.received = number
        mail.unstored.append(number)
        self.arrived.put_nowait((peer, payload))

    def stored(self, peer: int, count: int) -> None:
        """The next `count` messages of a peer are safe on this side."""
        mail = self.mail[peer]
        for _ in range(min(count, len(mail.unstored))):
            mail.stored = mail.unstored.popleft()
        self.changed()

    def delivered(self, peer: int, number: Number) -> None:
        """The peer has everything up to this number."""
        mail = self._mail(peer)
        if number > Number(self.start, mail.last):
            raise WireError("it has more than was sent")
        while mail.waiting and mail.waiting[0][0] <= number:
            mail.waiting.popleft()
        self.changed()

    def told(self, peer: int, number: Number) -> None:
        """A peer was told how far its messages are safe."""
        if self.mail[peer].told != number:
            self.mail[peer].told = number
            self.changed()

    def waiting(self, peer: int, after: Number) -> list[tuple[Number, bytes]]:
        """What waits for a peer beyond a number."""
        return [(number, payload) for number, payload in self.mail[peer].waiting if number > after]

    @property
    def settled(self) -> bool:
        """Whether nothing waits for anybody, and nobody waits for word."""
        return all(not mail.waiting and mail.told >= mail.stored for mail in self.mail.values())

    def _mail(self, peer: int) -> Mail:
        mail = self.mail.get(peer)
        if mail is None:
            raise WireError("word from a stranger")
        return mail
