"""Frames: what is written reads back, and nothing else reads."""

import os
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import wire

ROOM = bytes(range(wire.ROOM_BYTES))
FRAMES = [
    wire.Join(ROOM, 2, 3),
    wire.Send(1, ()),
    wire.Send(7, ((0, b"all"), (3, b""))),
    wire.Batch(2, (3,), ((1, b"x" * 1000),)),
    wire.Done(),
    wire.Refused("no such receiver"),
]


class Frames(unittest.TestCase):
    """The format's limits."""

    def test_round_trip(self) -> None:
        for frame in FRAMES:
            data = wire.encode(frame)
            self.assertEqual(wire.body_length(data[:4]), len(data) - 4)
            self.assertEqual(wire.decode(data[4:]), frame)

    def test_every_truncation_and_every_extra_byte_is_refused(self) -> None:
        for frame in FRAMES[:5]:
            body = wire.encode(frame)[4:]
            for end in range(len(body)):
                with self.assertRaises(wire.WireError):
                    wire.decode(body[:end]) if end else wire.body_length(struct.pack("<I", 0))
            with self.assertRaises(wire.WireError):
                wire.decode(body + b"\0")

    def test_length_field_is_bounded(self) -> None:
        for length in (0, wire.MAX_FRAME + 1, 2**32 - 1):
            with self.assertRaises(wire.WireError):
                wire.body_length(struct.pack("<I", length))
        self.assertEqual(wire.body_length(struct.pack("<I", wire.MAX_FRAME)), wire.MAX_FRAME)

    def test_counts_and_lengths_inside_are_bounded(self) -> None:
        huge = struct.pack("<BHH", wire.SEND, 1, wire.MAX_MESSAGES + 1)
        longer = struct.pack("<BHHHI", wire.SEND, 1, 1, 0, 2**32 - 1) + b"short"
        crowd = struct.pack("<BHH", wire.BATCH, 1, wire.MAX_PARTIES + 1)
        for body in (huge, longer, crowd, b"\xff", b"\x00"):
            with self.assertRaises(wire.WireError):
                wire.decode(body)
        with self.assertRaises(wire.WireError):
            wire.encode(wire.Send(1, ((0, bytes(wire.MAX_FRAME)),)))
        with self.assertRaises(wire.WireError):
            wire.encode(wire.Send(1, ((0, b""),) * (wire.MAX_MESSAGES + 1)))

    def test_party_numbers(self) -> None:
        for party, parties in ((0, 3), (4, 3), (1, wire.MAX_PARTIES + 1), (1, 0)):
            with self.assertRaises(wire.WireError):
                wire.decode(wire.encode(wire.Join(ROOM, party, parties))[4:])

    def test_random_bytes_never_raise_anything_else(self) -> None:
        for size in range(1, 200):
            for kind in range(7):
                try:
                    wire.decode(bytes([kind]) + os.urandom(size))
                except wire.WireError:
                    continue


if __name__ == "__main__":
    unittest.main()
