"""BLAKE3 of many bytes, from its specification, chunks side by side (https://github.com/BLAKE3-team/BLAKE3-specs)."""

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint32]

CHUNK, BLOCK = 1024, 64
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
START = np.array(
    [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19], dtype=np.uint32
)
ORDER = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
COLUMNS = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
DIAGONALS = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]


def turned(x: Words, bits: int) -> Words:
    return (x >> np.uint32(bits)) | (x << np.uint32(32 - bits))


def compress(chaining: Words, message: Words, counters: npt.NDArray[np.uint64], length: int, flags: int) -> Words:
    """Chaining values, eight rows, of messages, sixteen rows."""
    count = message.shape[1]
    facts = np.empty((4, count), dtype=np.uint32)
    facts[0], facts[1] = counters & np.uint64(0xFFFFFFFF), counters >> np.uint64(32)
    facts[2], facts[3] = length, flags
    state = [*chaining, *np.repeat(START[:4, None], count, axis=1), *facts]
    words = list(message)
    for _ in range(7):
        for (a, b, c, d), (x, y) in zip(COLUMNS + DIAGONALS, zip(words[::2], words[1::2], strict=True), strict=True):
            for word, left, right in ((x, 16, 12), (y, 8, 7)):
                state[a] = state[a] + state[b] + word
                state[d] = turned(state[d] ^ state[a], left)
                state[c] = state[c] + state[d]
                state[b] = turned(state[b] ^ state[c], right)
        words = [words[i] for i in ORDER]
    return np.array([low ^ high for low, high in zip(state[:8], state[8:], strict=True)])


def chunks(data: bytes, first: int) -> Words:
    """Chaining values of chunks of one length, the number of the first being `first`."""
    size = min(CHUNK, len(data))
    count = len(data) // size
    padded = np.zeros((count, -(-size // BLOCK) * BLOCK), dtype=np.uint8)
    padded[:, :size] = np.frombuffer(data, dtype=np.uint8).reshape(count, size)
    blocks = padded.view("<u4").reshape(count, -1, 16)
    chaining = np.repeat(START[:, None], count, axis=1)
    counters = np.arange(first, first + count, dtype=np.uint64)
    last = blocks.shape[1] - 1
    for i in range(last + 1):
        flags = (CHUNK_START if i == 0 else 0) | (CHUNK_END if i == last else 0)
        length = BLOCK if i < last else size - last * BLOCK
        chaining = compress(chaining, blocks[:, i].T, counters, length, flags)
    return chaining


def blake3(data: bytes) -> bytes:
    """The hash of more than one chunk."""
    assert len(data) > CHUNK
    whole = len(data) // CHUNK
    nodes = chunks(data[: whole * CHUNK], 0)
    if len(data) % CHUNK:
        nodes = np.hstack([nodes, chunks(data[whole * CHUNK :], whole)])
    # Neighbours are joined, level by level; one that is left goes up as it is.
    while nodes.shape[1] > 1:
        pairs = nodes.shape[1] // 2
        left, right = nodes[:, 0 : 2 * pairs : 2], nodes[:, 1 : 2 * pairs : 2]
        flags = PARENT | (ROOT if nodes.shape[1] == 2 else 0)
        start = np.repeat(START[:, None], pairs, axis=1)
        joined = compress(start, np.vstack([left, right]), np.zeros(pairs, dtype=np.uint64), BLOCK, flags)
        nodes = np.hstack([joined, nodes[:, 2 * pairs :]])
    return nodes[:, 0].astype("<u4").tobytes()
