"""Every pair of parties over TCP, with mutual TLS 1.3."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from ..._checks import as_party, checked
from ...errors import error
from ..study import Plan
from ._carry import FIRST_PAUSE, HANDSHAKE, LONGEST_PAUSE, carry
from ._link import Link
from ._post import Post
from ._wire import MAX_FRAME, Room, WireError, hello, parse, read_hello


@dataclass(frozen=True)
class Peer:
    """Another party."""

    name: str
    """The DNS name that its certificate holds."""
    host: str | None = None
    """Where it listens; needed for peers with lower numbers."""
    port: int = 0


def tls(certificate: str, key: str, authorities: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a party shows and whom it trusts: paths of PEM files.

    Args:
        certificate: this party's chain of certificates.
        key: its private key.
        authorities: the authorities to trust; the study's own, best.

    Returns:
        For connections that it makes, and for those that it takes.
    """
    client = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=authorities)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authorities)
    server.verify_mode = ssl.CERT_REQUIRED
    for context in (client, server):
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(certificate, key)
    return client, server


def tcp(
    plan: Plan,
    me: int,
    peers: Mapping[int, Peer],
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
    *,
    listen: tuple[str, int] | None = None,
) -> Link:
    """Connects a party to all others: it dials those with lower numbers and is dialled by those with higher ones.

    Args:
        plan: the study.
        me: this party's number.
        peers: everybody else.
        contexts: from `tls`.
        listen: host and port to listen on; not needed by the party with the highest number.

    Raises:
        ParameterError: peers that are not everybody else, or a missing address.

    Connections come up when the link is entered, and again whenever they break.
    """
    room = Room(checked(plan, Plan, "plan").session, plan.parties)
    me = as_party(me)
    others = [party for party in room.parties if party != me]
    if me not in room.parties or sorted(peers) != others:
        raise error("InvalidParams", "peers: everybody in the plan but this party")
    if any(peers[party].host is None for party in others if party < me):
        raise error("InvalidParams", "peers: the address of a peer with a lower number")
    if listen is None and others[-1] > me:
        raise error("InvalidParams", "listen: an address for peers with higher numbers")
    client, server = contexts

    def keep_up(post: Post) -> list[Coroutine[Any, Any, None]]:
        dials = [_dial(post, room, me, party, peers[party], client) for party in others if party < me]
        return dials + ([_answer(post, room, me, peers, listen, server)] if listen is not None else [])

    return Link(me, others, keep_up)


async def _dial(post: Post, room: Room, me: int, peer: int, where: Peer, context: ssl.SSLContext) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            opening = asyncio.open_connection(where.host, where.port, ssl=context, server_hostname=where.name)
            reader, writer = await asyncio.wait_for(opening, HANDSHAKE)
            pause = FIRST_PAUSE
            try:
                await _write(writer, hello(room.id, me, peer))
                await _carry(reader, writer, post, me, peer)
            finally:
                writer.close()
        except ssl.SSLCertVerificationError:
            raise
        except (OSError, EOFError, asyncio.TimeoutError):
            pass  # it is made again
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _answer(
    post: Post, room: Room, me: int, peers: Mapping[int, Peer], listen: tuple[str, int], context: ssl.SSLContext
) -> None:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            peer = await asyncio.wait_for(_admit(reader, writer, room, me, peers), HANDSHAKE)
            await _carry(reader, writer, post, me, peer)
        except (OSError, EOFError, asyncio.TimeoutError):
            pass  # a stranger, or one who breaks off, is forgotten
        finally:
            writer.close()

    server = await asyncio.start_server(visit, *listen, ssl=context)
    async with server:
        await server.serve_forever()


async def _admit(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, room: Room, me: int, peers: Mapping[int, Peer]
) -> int:
    data = await _read(reader)
    where, sender, receiver = read_hello(parse(data or b""))
    if where != room.id or receiver != me or sender <= me or sender not in peers:
        raise WireError("a party of another session")
    certificate = writer.get_extra_info("peercert") or {}
    names = [name for kind, name in certificate.get("subjectAltName", ()) if kind == "DNS"]
    if peers[sender].name not in names:
        raise WireError("the certificate holds another name than this party's")
    return sender


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, post: Post, me: int, peer: int
) -> None:
    await carry(lambda: _read(reader), lambda data: _write(writer, data), post, [peer], me)


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    try:
        length = int.from_bytes(await reader.readexactly(4), "little")
    except asyncio.IncompleteReadError:
        return None
    if length > MAX_FRAME:
        raise WireError("a frame that is too long")
    return await reader.readexactly(length)


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(len(data).to_bytes(4, "little") + data)
    await writer.drain()
