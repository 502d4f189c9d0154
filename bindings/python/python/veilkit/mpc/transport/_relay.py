"""Through a relay: every party connects outbound, by WebSocket, and the relay forwards what it cannot read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from typing import Any

from ..._checks import as_party, as_text, checked
from ...errors import error
from .._secure_sum import IdentityKey
from ..study import Plan
from ._carry import FIRST_PAUSE, HANDSHAKE, LONGEST_PAUSE, carry
from ._link import Link
from ._post import Post
from ._wire import CHALLENGE, MAX_FRAME, RefusedError, Room, WireError, parse


def relay(plan: Plan, me: int, key: IdentityKey, url: str, *, tls: ssl.SSLContext | None = None) -> Link:
    """Connects a party to all others through a `veilkit-relay`.

    Needs the package ``websockets`` (``pip install veilkit[relay]``).

    Args:
        plan: the study.
        me: this party's number.
        key: its identity key, which opens the room's door.
        url: ``ws://host:port`` or ``wss://host:port``.
        tls: for ``wss`` with authorities of its own; the system's authorities if absent.

    Raises:
        ParameterError: a key that is not this party's in the plan.
        ImportError: without ``websockets``.

    The connection comes up when the link is entered, and again whenever it breaks.
    """
    from websockets.asyncio.client import connect
    from websockets.exceptions import WebSocketException

    room = Room(checked(plan, Plan, "plan").session, plan.parties)
    me = as_party(me)
    secret = checked(key, IdentityKey, "key")
    if room.parties.get(me) != secret.identity:
        raise error("InvalidParams", "key: not this party's in the plan")
    address = as_text(url, "url")
    peers = [party for party in room.parties if party != me]
    options: dict[str, Any] = {"max_size": MAX_FRAME, "compression": None, "proxy": None}
    if tls is not None:
        options["ssl"] = tls

    async def keep_up(post: Post) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with connect(address, open_timeout=HANDSHAKE, **options) as socket:

                    async def read() -> bytes:
                        data = await socket.recv()
                        if isinstance(data, str):
                            raise WireError("a WebSocket message that is not binary")
                        return data

                    challenge = parse(await asyncio.wait_for(read(), HANDSHAKE))
                    if challenge.kind != CHALLENGE:
                        raise WireError("something else than a challenge")
                    await socket.send(room.join(me, challenge.payload, secret._handle))
                    pause = FIRST_PAUSE
                    await carry(read, socket.send, post, peers, None)
            except (RefusedError, ssl.SSLCertVerificationError):
                raise
            except (OSError, EOFError, asyncio.TimeoutError, WebSocketException):
                pass  # it is made again
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def connections(post: Post) -> list[Coroutine[Any, Any, None]]:
        return [keep_up(post)]

    return Link(me, peers, connections)
