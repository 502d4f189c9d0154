"""Random indices, axes and shapes: what numpy takes is taken, what numpy refuses is refused, nothing out of bounds is read."""

from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit.paillier import Keypair

WILD = [0, 1, 2, 3, 4, 5, -1, -4, -5, 7, 255, 2**31, -(2**31), 2**32, 2**63 - 1, -(2**63), 2**64, 2**100]


def number(rng: np.random.Generator) -> int:
    return WILD[rng.integers(len(WILD))] if rng.random() < 0.2 else int(rng.integers(-4, 5))


def index(rng: np.random.Generator) -> Any:
    def part() -> Any:
        kind = rng.integers(6)
        if kind <= 1:
            return number(rng)
        if kind <= 3:
            ends = [None if rng.random() < 0.3 else number(rng) for _ in range(2)]
            return slice(*ends, None if rng.random() < 0.5 else number(rng))
        return None if kind == 4 else ...

    return tuple(part() for _ in range(rng.integers(0, 5)))


def test_random_indices_agree_with_numpy(keys: Keypair) -> None:
    rng = np.random.default_rng(13)
    plain = np.arange(24).reshape(2, 3, 4)
    encrypted = keys.secret_key.encrypt(plain)
    taken = 0
    for _ in range(400):
        key = index(rng)
        try:
            expected = plain[key]
        except (IndexError, ValueError, OverflowError) as refusal:
            with pytest.raises((IndexError, ValueError, TypeError, OverflowError)):
                encrypted[key]
            assert refusal is not None
            continue
        if np.ndim(expected) > 8 or np.size(expected) > 6:
            assert encrypted[key].shape == expected.shape
            continue
        taken += 1
        np.testing.assert_array_equal(keys.secret_key.decrypt(encrypted[key]), expected)
    assert taken > 50


def test_wild_numbers_in_every_place_for_an_index_or_a_shape(keys: Keypair) -> None:
    x = keys.secret_key.encrypt(np.arange(6).reshape(2, 3))
    for wild in WILD:
        for call in (
            lambda: x._handle.slice([(wild, None, 0)]),
            lambda: x._handle.slice([(0, wild, 1)]),
            lambda: x._handle.slice([(0, 2, wild)]),
            lambda: x._handle.slice([(wild, wild, wild)] * 2),
            lambda: x._handle.transpose([wild, 0]),
            lambda: x._handle.reshape([wild]),
            lambda: x._handle.reshape([wild, wild]),
            lambda: x._handle.sum(wild),
            lambda: x._handle.mean(wild),
            lambda: type(x._handle).concatenate([x._handle], wild),
            lambda: x.sum(axis=wild),
            lambda: x.reshape(wild),
            lambda: vk.paillier.concatenate([x, x], axis=wild),
        ):
            try:
                result = call()
            except (vk.VeilkitError, IndexError, OverflowError) as refusal:
                assert not isinstance(refusal, vk.PlatformError)
            else:
                shape = tuple(result.shape)
                assert len(shape) <= 3 and int(np.prod(shape)) <= 6 * 2
