#!/usr/bin/env python3
"""The machine in the middle: collects each round's messages, closes the round, hands everyone their batch.

It holds no key. It keeps every byte it sees, as a curious relay would, and writes them down when its standard input
ends: `capture.bin` and `capture.json` in the folder named by the first argument. Prints `PORT n` when it listens.

A round closes when every party that is still here has sent, or `--deadline` seconds after its first message: whoever
has not sent by then, or whose connection ended, has left. `--attack` makes it a relay that lies; the parties find out.
"""

import argparse
import asyncio
import dataclasses
import json
import pathlib
import sys
import time

import wire
from process import peak_memory

MAX_ROOMS = 16
MAX_CAPTURE = 256 << 20
# What one batch can carry, with room for the messages' headers.
MAX_ROUND = wire.MAX_FRAME - (1 << 16)
JOIN_SECONDS = 10.0
# The round of the secure sum in which the masked inputs go by: where a lie would pay most.
MASKED_ROUND = 3


@dataclasses.dataclass
class Room:
    """One run of a protocol, as far as the relay knows it."""

    parties: int
    started: float
    round: int = 1
    writers: dict[int, asyncio.StreamWriter] = dataclasses.field(default_factory=dict)
    pending: dict[int, tuple[tuple[int, bytes], ...]] = dataclasses.field(default_factory=dict)
    done: set[int] = dataclasses.field(default_factory=set)
    left: set[int] = dataclasses.field(default_factory=set)
    timer: asyncio.TimerHandle | None = None

    def waiting_for(self) -> set[int]:
        """The parties whose messages of this round are still missing."""
        return set(range(1, self.parties + 1)) - self.left - self.done - set(self.pending)


class Relay:
    """All rooms, and everything that was seen."""

    def __init__(self, deadline: float, lie: str | None = None, lie_from: int = MASKED_ROUND) -> None:
        self.deadline, self.lie, self.lie_from = deadline, lie, lie_from
        self.rooms: dict[bytes, Room] = {}
        self.captured = bytearray()
        self.messages: list[dict[str, object]] = []
        self.events: list[dict[str, object]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first byte to its last."""
        joined: tuple[bytes, int] | None = None
        try:
            frame = await asyncio.wait_for(self._read(reader), JOIN_SECONDS)
            if not isinstance(frame, wire.Join):
                raise wire.WireError("the first frame is not JOIN")
            self._join(frame, writer)
            joined = frame.room, frame.party
            while isinstance(frame := await self._read(reader), wire.Send):
                self._receive(*joined, frame)
            if not isinstance(frame, wire.Done):
                raise wire.WireError("neither SEND nor DONE")
            self._leave(*joined, "finished")
        except (wire.WireError, TimeoutError) as error:
            writer.write(wire.encode(wire.Refused(str(error) or "too slow")))
            self._leave_if(joined, f"refused: {error}")
        except (OSError, asyncio.IncompleteReadError):
            self._leave_if(joined, "connection ended")
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> wire.Frame:
        length = wire.body_length(await reader.readexactly(4))
        return wire.decode(await reader.readexactly(length))

    def _event(self, room: bytes, what: str, **more: object) -> None:
        seconds = time.monotonic() - self.rooms[room].started
        self.events.append(
            {"room": room.hex(), "seconds": seconds, "what": what, "round": self.rooms[room].round, **more}
        )

    def _join(self, join: wire.Join, writer: asyncio.StreamWriter) -> None:
        room = self.rooms.get(join.room)
        if room is None:
            if len(self.rooms) >= MAX_ROOMS:
                raise wire.WireError("too many rooms")
            room = self.rooms[join.room] = Room(join.parties, time.monotonic())
        if join.parties != room.parties:
            raise wire.WireError("the room has another number of parties")
        if join.party in room.writers or join.party in room.left:
            raise wire.WireError("the seat is taken")
        room.writers[join.party] = writer
        self._event(join.room, "joined", party=join.party)

    def _receive(self, room_id: bytes, party: int, send: wire.Send) -> None:
        room = self.rooms[room_id]
        if send.round != room.round or party in room.pending:
            raise wire.WireError("not the round that is open")
        if any(receiver > room.parties or receiver == party for receiver, _ in send.messages):
            raise wire.WireError("no such receiver")
        size = sum(len(message) for _, message in send.messages)
        waiting = [message for messages in room.pending.values() for _, message in messages]
        if size + sum(map(len, waiting)) > MAX_ROUND or len(send.messages) + len(waiting) > wire.MAX_MESSAGES:
            raise wire.WireError("the round is full")
        if len(self.captured) + size > MAX_CAPTURE:
            raise wire.WireError("the relay's store is full")
        for receiver, message in send.messages:
            self.messages.append(
                {
                    "room": room_id.hex(),
                    "round": send.round,
                    "sender": party,
                    "receiver": receiver,
                    "offset": len(self.captured),
                    "length": len(message),
                }
            )
            self.captured += message
        if room.timer is None:
            room.timer = asyncio.get_running_loop().call_later(self.deadline, self._deadline, room_id)
        room.pending[party] = send.messages
        self._event(room_id, "sent", party=party, bytes=size)
        self._close_if_complete(room_id)

    def _deadline(self, room_id: bytes) -> None:
        for party in sorted(self.rooms[room_id].waiting_for()):
            self._leave(room_id, party, "too slow")

    def _leave_if(self, joined: tuple[bytes, int] | None, why: str) -> None:
        if joined is not None:
            self._leave(*joined, why)

    def _leave(self, room_id: bytes, party: int, why: str) -> None:
        room = self.rooms[room_id]
        if party in room.left or party in room.done:
            return
        (room.done if why == "finished" else room.left).add(party)
        room.writers.pop(party, None)
        self._event(room_id, "finished" if why == "finished" else "left", party=party, why=why)
        self._close_if_complete(room_id)

    def _close_if_complete(self, room_id: bytes) -> None:
        room = self.rooms[room_id]
        if room.waiting_for() or not room.pending:
            return
        if room.timer is not None:
            room.timer.cancel()
            room.timer = None
        self._event(room_id, "closed", left=sorted(room.left))
        for party, writer in list(room.writers.items()):
            batch = tuple(
                (sender, self.altered(room, sender, message))
                for sender, messages in sorted(room.pending.items())
                for receiver, message in messages
                if sender != party and receiver in (party, wire.EVERYONE) and not self.hides(room, party, sender)
            )
            writer.write(wire.encode(wire.Batch(room.round, tuple(sorted(room.left)), batch)))
        room.pending.clear()
        room.round += 1

    def altered(self, room: Room, sender: int, message: bytes) -> bytes:
        """The message that is handed on: what came in, unless the relay is told to flip a bit of party 1's."""
        if self.lie != "flip" or room.round != self.lie_from or sender != 1:
            return message
        flipped = bytearray(message)
        flipped[len(flipped) // 2] ^= 1
        return bytes(flipped)

    def hides(self, room: Room, receiver: int, sender: int) -> bool:
        """Whether a message is held back: told to split, the relay lets party 1 believe that party 2 has left.

        Against a weaker protocol this opens party 2's input: one half of the parties would help to remove its pairwise
        masks, the other half its self mask.
        """
        return self.lie == "split" and room.round >= self.lie_from and (sender, receiver) in ((2, 1), (1, 2))

    def write_down(self, folder: pathlib.Path) -> None:
        """All bytes seen, and an index of them."""
        (folder / "capture.bin").write_bytes(self.captured)
        index = {"messages": self.messages, "events": self.events, "peak_memory": peak_memory()}
        (folder / "capture.json").write_text(json.dumps(index))


async def main() -> None:
    """Serves on a port that the system chooses, until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="where the captured bytes go")
    parser.add_argument(
        "--deadline", type=float, default=45.0, help="seconds a round stays open after its first message"
    )
    parser.add_argument(
        "--attack", choices=("flip", "split"), help="alter a message, or show the parties different ones"
    )
    parser.add_argument("--attack-round", type=int, default=MASKED_ROUND, help="the round from which it lies")
    options = parser.parse_args()
    relay = Relay(options.deadline, options.attack, options.attack_round)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    print(f"PORT {server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    server.close()
    relay.write_down(options.folder)


if __name__ == "__main__":
    asyncio.run(main())
