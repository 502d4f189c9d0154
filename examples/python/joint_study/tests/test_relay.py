"""The relay over real sockets: rounds close, leavers are noticed, bad frames end only their own connection."""

import asyncio
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import wire
from relay import Relay

ROOM = b"r" * wire.ROOM_BYTES


class Peer:
    """A connection that sends what a test tells it to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, *frames: wire.Frame | bytes) -> None:
        """Frames, or raw bytes."""
        for frame in frames:
            self.writer.write(frame if isinstance(frame, bytes) else wire.encode(frame))

    async def frame(self) -> wire.Frame:
        """The next frame within two seconds."""
        length = wire.body_length(await asyncio.wait_for(self.reader.readexactly(4), 2))
        return wire.decode(await asyncio.wait_for(self.reader.readexactly(length), 2))


class Rounds(unittest.IsolatedAsyncioTestCase):
    """One relay, some peers."""

    async def asyncSetUp(self) -> None:
        self.relay = Relay(deadline=0.3)
        self.server = await asyncio.start_server(self.relay.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        self.peers: list[Peer] = []

    async def asyncTearDown(self) -> None:
        for peer in self.peers:
            peer.writer.close()
        self.server.close()
        while len(asyncio.all_tasks()) > 1:  # the relay's own tasks end with their connections
            await asyncio.sleep(0.01)

    async def peer(self, *frames: wire.Frame | bytes) -> Peer:
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self.port))
        self.peers.append(peer)
        peer.send(*frames)
        return peer

    async def trio(self, room: bytes = ROOM) -> list[Peer]:
        peers = [await self.peer(wire.Join(room, party, 3)) for party in (1, 2, 3)]
        while room not in self.relay.rooms or len(self.relay.rooms[room].writers) < 3:
            await asyncio.sleep(0.01)
        return peers

    async def test_a_round_closes_when_all_have_sent(self) -> None:
        peers = await self.trio()
        for number, peer in enumerate(peers, 1):
            peer.send(wire.Send(1, ((0, b"from %d" % number), (number % 3 + 1, b"private"))))
        first = await peers[0].frame()
        self.assertEqual(first, wire.Batch(1, (), ((2, b"from 2"), (3, b"from 3"), (3, b"private"))))
        self.assertEqual(bytes(self.relay.captured).count(b"private"), 3)

    async def test_a_broken_connection_has_left(self) -> None:
        peers = await self.trio()
        peers[0].send(wire.Send(1, ((0, b"a"),)))
        peers[1].send(wire.Send(1, ((0, b"b"),)))
        peers[2].writer.transport.abort()
        self.assertEqual(await peers[0].frame(), wire.Batch(1, (3,), ((2, b"b"),)))

    async def test_a_slow_party_has_left(self) -> None:
        peers = await self.trio()
        peers[0].send(wire.Send(1, ((0, b"a"),)))
        peers[1].send(wire.Send(1, ((0, b"b"),)))
        self.assertEqual((await peers[1].frame()).left, (3,))
        peers[2].send(wire.Send(1, ((0, b"late"),)))
        self.assertIsInstance(await self.after_batches(peers[2]), wire.Refused)

    async def after_batches(self, peer: Peer) -> wire.Frame:
        while isinstance(frame := await peer.frame(), wire.Batch):
            pass
        return frame

    async def test_bad_frames_end_only_their_own_connection(self) -> None:
        peers = await self.trio()
        for bad in (
            b"\xff\xff\xff\xff",
            b"\0\0\0\0",
            b"\x01\0\0\0\x09",
            wire.Join(ROOM, 1, 3),
            wire.Join(ROOM, 1, 2),
            wire.Send(1, ()),
            wire.Done(),
        ):
            stranger = await self.peer(bad)
            self.assertIsInstance(await stranger.frame(), wire.Refused)
        for peer in peers:
            peer.send(wire.Send(1, ((0, b"still here"),)))
        self.assertEqual((await peers[2].frame()).left, ())

    async def test_wrong_round_and_wrong_receiver_are_refused(self) -> None:
        for number, bad in enumerate(
            (wire.Send(2, ()), wire.Send(1, ((1, b"myself"),)), wire.Send(1, ((4, b"nobody"),)))
        ):
            peers = await self.trio(bytes([number]) * wire.ROOM_BYTES)
            peers[0].send(bad)
            self.assertIsInstance(await peers[0].frame(), wire.Refused)

    async def test_rounds_are_bounded(self) -> None:
        peers = await self.trio()
        peers[0].send(wire.Send(1, ((0, bytes(wire.MAX_FRAME // 2)),)))
        while not self.relay.captured:
            await asyncio.sleep(0.01)
        peers[1].send(wire.Send(1, ((0, bytes(wire.MAX_FRAME // 2)),)))
        self.assertEqual(await peers[1].frame(), wire.Refused("the round is full"))

    async def test_a_lying_relay_flips_and_hides(self) -> None:
        for lie in ("flip", "split"):
            self.relay.lie = lie
            room = lie.encode().ljust(wire.ROOM_BYTES)
            peers = await self.trio(room)
            for number in (1, 2, 3):
                for peer, text in zip(peers, (b"a", b"b", b"c")):
                    peer.send(wire.Send(number, ((0, text),)))
                batches = [await peer.frame() for peer in peers]
            heard = {party: batch.messages for party, batch in enumerate(batches, 1)}
            if lie == "flip":
                self.assertEqual(heard[2], ((1, b"`"), (3, b"c")))
                self.assertEqual(heard[1], ((2, b"b"), (3, b"c")))
            else:
                self.assertEqual(heard, {1: ((3, b"c"),), 2: ((3, b"c"),), 3: ((1, b"a"), (2, b"b"))})

    async def test_rooms_are_bounded(self) -> None:
        for number in range(16):
            await self.peer(wire.Join(bytes([number]) * wire.ROOM_BYTES, 1, 3))
        while len(self.relay.rooms) < 16:
            await asyncio.sleep(0.01)
        self.assertIsInstance(await (await self.peer(wire.Join(ROOM, 1, 3))).frame(), wire.Refused)

    async def test_the_capture_is_written_down(self) -> None:
        peers = await self.trio()
        peers[0].send(wire.Send(1, ((0, b"seen"),)))
        while not self.relay.captured:
            await asyncio.sleep(0.01)
        with tempfile.TemporaryDirectory() as folder:
            self.relay.write_down(pathlib.Path(folder))
            self.assertEqual((pathlib.Path(folder) / "capture.bin").read_bytes(), b"seen")
            self.assertIn('"sender": 1', (pathlib.Path(folder) / "capture.json").read_text())


if __name__ == "__main__":
    unittest.main()
