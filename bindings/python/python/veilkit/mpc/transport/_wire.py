"""The frames of both transports, as the Rust crate `veilkit-transport` describes them in its `wire.rs`."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

from ... import _native

CHALLENGE, JOIN, HELLO, HELD, MESSAGE, RECEIVED, REFUSED = range(1, 8)
VERSION = 1
MAX_PAYLOAD = 1 << 28
MAX_FRAME = MAX_PAYLOAD + 32
JOIN_CONTEXT = b"veilkit v1 relay join"

_WORD = struct.Struct("<BHQQ")
_HELLO = struct.Struct("<BB32sHH")


class Number(NamedTuple):
    """Which message of a party to another: when the sender's program started, and its messages since then."""

    start: int = 0
    sequence: int = 0


class Frame(NamedTuple):
    """A message from or to a peer, or word about one."""

    kind: int
    peer: int = 0
    number: Number = Number()
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        """The frame's bytes; `HELD`, `MESSAGE` and `RECEIVED` only."""
        return _WORD.pack(self.kind, self.peer, *self.number) + self.payload


class WireError(ConnectionError):
    """The other end said something that is not part of the protocol."""


class RefusedError(ConnectionError):
    """The relay refuses this party, and says why. Trying again is of no use."""


def parse(data: bytes) -> Frame:
    """Reads a frame; total on all bytes.

    Raises:
        RefusedError: a refusal.
        WireError: anything that is no frame.
    """
    kind = data[0] if data else 0
    if kind == CHALLENGE and len(data) == 34 and data[1] == VERSION:
        return Frame(kind, payload=data[2:])
    if kind == HELLO and len(data) == _HELLO.size and data[1] == VERSION:
        return Frame(kind, payload=data)
    if kind in (HELD, RECEIVED) and len(data) == _WORD.size or kind == MESSAGE and len(data) >= _WORD.size:
        _, peer, start, sequence = _WORD.unpack_from(data)
        if peer:
            return Frame(kind, peer, Number(start, sequence), data[_WORD.size :])
    if kind == REFUSED and len(data) <= 201:
        raise RefusedError(data[1:].decode("utf-8", "replace"))
    raise WireError("something that is not part of the protocol")


def hello(room: bytes, me: int, to: int) -> bytes:
    """The first frame to a peer, over TCP."""
    return _HELLO.pack(HELLO, VERSION, room, me, to)


def read_hello(frame: Frame) -> tuple[bytes, int, int]:
    """Room, sender and receiver of a hello.

    Raises:
        WireError: another frame.
    """
    if frame.kind != HELLO:
        raise WireError("something else than a hello")
    _, _, room, sender, receiver = _HELLO.unpack(frame.payload)
    return room, sender, receiver


class Room:
    """Where the parties of one session meet."""

    def __init__(self, session: bytes, parties: Mapping[int, bytes]) -> None:
        self.session = session
        self.parties = dict(sorted(parties.items()))
        self.id = bytes(_native.mpc_room(session, list(self.parties.items())))

    def join(self, me: int, nonce: bytes, key: _native.MpcIdentityKey) -> bytes:
        """The frame that lets a party in at a relay."""
        signature = key.sign(JOIN_CONTEXT, nonce + self.id + me.to_bytes(2, "little"))
        roster = b"".join(number.to_bytes(2, "little") + identity for number, identity in self.parties.items())
        head = bytes([JOIN]) + self.session + me.to_bytes(2, "little") + bytes(signature)
        return head + bytes([len(self.parties)]) + roster
