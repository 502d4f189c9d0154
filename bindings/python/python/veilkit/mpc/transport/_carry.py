"""One connection, whatever it is made of: frames in, frames out, both at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ._post import Post
from ._wire import HELD, MESSAGE, RECEIVED, Frame, Number, WireError, parse

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 5.0
HANDSHAKE = 10.0
"""Seconds between attempts, at first and at most, and for a handshake."""


async def carry(
    read: Callable[[], Awaitable[bytes | None]],
    write: Callable[[bytes], Awaitable[None]],
    post: Post,
    peers: Sequence[int],
    me: int | None,
) -> None:
    """Carries the mail of some peers until the connection ends.

    Both sides first say how far they were heard; then each message that the other does not have goes out, and each that has
    been made safe is acknowledged. `me` is this party's number where the peer is at the other end, None for a relay.
    """
    sent: dict[int, Number] = {}
    changes = post.watch()

    async def incoming() -> None:
        while (data := await read()) is not None:
            frame = parse(data)
            if frame.peer not in peers:
                raise WireError("word about a stranger")
            if frame.kind == HELD:
                sent[frame.peer] = frame.number
                post.changed()
            elif frame.kind == MESSAGE:
                post.accept(frame.peer, frame.number, frame.payload)
            elif frame.kind == RECEIVED:
                post.delivered(frame.peer, frame.number)
            else:
                raise WireError("a frame that does not belong here")

    async def say(kind: int, peer: int, number: Number, payload: bytes = b"") -> None:
        await write(Frame(kind, peer if me is None else me, number, payload).to_bytes())

    async def outgoing() -> None:
        told = {}
        for peer in peers:
            mail = post.mail[peer]
            if me is not None:
                await say(HELD, peer, mail.received)
            told[peer] = mail.stored
            await say(RECEIVED, peer, told[peer])
            post.told(peer, told[peer])
        while True:
            changes.clear()
            for peer in peers:
                stored = post.mail[peer].stored
                if told[peer] != stored:
                    told[peer] = stored
                    await say(RECEIVED, peer, stored)
                    post.told(peer, stored)
                if peer in sent:
                    for number, payload in post.waiting(peer, sent[peer]):
                        await say(MESSAGE, peer, number, payload)
                        sent[peer] = number
            await changes.wait()

    tasks = [asyncio.ensure_future(incoming()), asyncio.ensure_future(outgoing())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        post.unwatch(changes)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
