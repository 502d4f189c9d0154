"""The relay's wire format: length-prefixed frames over TCP, every length checked before memory is taken.

    frame    u32 length of the body, body                       (all integers little-endian)
    JOIN     u8 1, 32 bytes room, u16 party, u16 parties        party -> relay, once
    SEND     u8 2, u16 round, u16 count, count x message        party -> relay, once per round
    BATCH    u8 3, u16 round, u16 left, left x u16 party, u16 count, count x message     relay -> party
    DONE     u8 4                                               party -> relay: finished, not fled
    REFUSED  u8 5, text                                         relay -> party, then the connection ends
    message  u16 peer, u32 length, bytes                        peer: receiver in SEND (0 = everyone), sender in BATCH

The relay understands nothing else: what is inside a message is sealed, masked or signed by the parties.
"""

import dataclasses
import socket
import struct

JOIN, SEND, BATCH, DONE, REFUSED = 1, 2, 3, 4, 5
EVERYONE = 0

MAX_FRAME = 8 << 20
MAX_MESSAGES = 256
MAX_PARTIES = 64
ROOM_BYTES = 32


class WireError(Exception):
    """Bytes that are no frame of this format, or a peer that went away."""


@dataclasses.dataclass(frozen=True)
class Join:
    """A party enters a room."""

    room: bytes
    party: int
    parties: int


@dataclasses.dataclass(frozen=True)
class Send:
    """A party's messages of one round: `(receiver, bytes)`, receiver 0 for everyone."""

    round: int
    messages: tuple[tuple[int, bytes], ...]


@dataclasses.dataclass(frozen=True)
class Batch:
    """A closed round: who has left so far, and the messages for this party as `(sender, bytes)`."""

    round: int
    left: tuple[int, ...]
    messages: tuple[tuple[int, bytes], ...]


@dataclasses.dataclass(frozen=True)
class Done:
    """A party has its result and goes."""


@dataclasses.dataclass(frozen=True)
class Refused:
    """The relay ends the connection, and why."""

    why: str


Frame = Join | Send | Batch | Done | Refused


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise WireError("frame ends early")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, layout: str) -> int:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def messages(self) -> tuple[tuple[int, bytes], ...]:
        count = self.number("<H")
        if count > MAX_MESSAGES:
            raise WireError("too many messages")
        return tuple((self.number("<H"), self.take(self.number("<I"))) for _ in range(count))

    def end(self) -> None:
        if self.at != len(self.data):
            raise WireError("bytes left over")


def _messages(messages: tuple[tuple[int, bytes], ...]) -> bytes:
    if len(messages) > MAX_MESSAGES:
        raise WireError("too many messages")
    return struct.pack("<H", len(messages)) + b"".join(struct.pack("<HI", peer, len(m)) + m for peer, m in messages)


def encode(frame: Frame) -> bytes:
    """The frame with its length in front; `WireError` when it is over a limit."""
    match frame:
        case Join(room, party, parties):
            body = struct.pack(f"<B{ROOM_BYTES}sHH", JOIN, room, party, parties)
        case Send(number, messages):
            body = struct.pack("<BH", SEND, number) + _messages(messages)
        case Batch(number, left, messages):
            body = struct.pack(f"<BHH{len(left)}H", BATCH, number, len(left), *left) + _messages(messages)
        case Done():
            body = bytes([DONE])
        case Refused(why):
            body = bytes([REFUSED]) + why.encode()
    if len(body) > MAX_FRAME:
        raise WireError("frame too long")
    return struct.pack("<I", len(body)) + body


def body_length(prefix: bytes) -> int:
    """The length in a frame's first four bytes; `WireError` when it is 0 or over `MAX_FRAME`."""
    (length,) = struct.unpack("<I", prefix)
    if not 0 < length <= MAX_FRAME:
        raise WireError("frame length out of range")
    return length


def decode(body: bytes) -> Frame:
    """The frame in a body; `WireError` when it is not exactly one, or over a limit."""
    reader = _Reader(body)
    kind = reader.number("<B")
    frame: Frame
    if kind == JOIN:
        frame = Join(reader.take(ROOM_BYTES), reader.number("<H"), reader.number("<H"))
        if not 1 <= frame.party <= frame.parties <= MAX_PARTIES:
            raise WireError("party number out of range")
    elif kind == SEND:
        frame = Send(reader.number("<H"), reader.messages())
    elif kind == BATCH:
        number, count = reader.number("<H"), reader.number("<H")
        if count > MAX_PARTIES:
            raise WireError("too many parties")
        frame = Batch(number, tuple(reader.number("<H") for _ in range(count)), reader.messages())
    elif kind == DONE:
        frame = Done()
    elif kind == REFUSED:
        frame = Refused(reader.take(len(body) - 1).decode(errors="replace"))
    else:
        raise WireError("unknown frame")
    reader.end()
    return frame


class Link:
    """A party's connection to the relay: one room, rounds in order, a time limit on every wait."""

    def __init__(self, port: int, room: bytes, party: int, parties: int, timeout: float = 60.0) -> None:
        self.sent = self.received = self.round = 0
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._write(Join(room, party, parties))

    def __enter__(self) -> "Link":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._write(Done())
        finally:
            self._socket.close()

    def exchange(self, messages: tuple[tuple[int, bytes], ...]) -> Batch:
        """Sends this party's messages of the next round and waits for the closed round."""
        self.round += 1
        self._write(Send(self.round, messages))
        frame = self._read()
        if isinstance(frame, Refused):
            raise WireError(f"the relay refused: {frame.why}")
        if not isinstance(frame, Batch) or frame.round != self.round:
            raise WireError("another frame than the round's batch")
        return frame

    def _write(self, frame: Frame) -> None:
        data = encode(frame)
        self.sent += len(data)
        self._socket.sendall(data)

    def _read(self) -> Frame:
        return decode(self._exactly(body_length(self._exactly(4))))

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            piece = self._socket.recv(min(size - len(data), 1 << 16))
            if not piece:
                raise WireError("the relay closed the connection")
            data += piece
        self.received += size
        return bytes(data)
