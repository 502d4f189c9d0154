"""Packed shares from Python: vectors of integers, computed on share by share."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import shamir
from veilkit.shamir import PackedShare, combine_packed, split_packed

MAX = 2**60 - 1
VALUES = np.array([41, -72, 68, 0, MAX, -MAX, 5])


@pytest.fixture()
def shares() -> list[PackedShare]:
    return split_packed(VALUES, privacy=2, width=3, shares=9)


def test_enough_shares_give_the_integers_back(shares: list[PackedShare]) -> None:
    for chosen in combinations(shares, 5):
        found = combine_packed(chosen)
        assert found.dtype == np.int64
        np.testing.assert_array_equal(found, VALUES)
    assert {(s.privacy, s.width, s.shares, s.threshold, len(s)) for s in shares} == {(2, 3, 9, 5, 7)}
    assert [share.index for share in shares] == list(range(1, 10))
    assert all(PackedShare.from_bytes(share.to_bytes()) == share for share in shares)


def test_computing_agrees_with_numpy() -> None:
    rng = np.random.default_rng(3)
    a, b, c = rng.integers(-1000, 1000, (3, 10))
    left = split_packed(a, privacy=2, width=3, shares=12)
    right = split_packed(b, privacy=2, width=3, shares=12)
    for ours, expected in [
        (lambda x, y: x + y, a + b),
        (lambda x, y: x - y, a - b),
        (lambda x, y: -x, -a),
        (lambda x, y: x * y, a * b),
        (lambda x, y: 3 * x + y * -4, 3 * a - 4 * b),
        (lambda x, y: x + 7, a + 7),
        (lambda x, y: 7 - x, 7 - a),
        (lambda x, y: x - 7, a - 7),
        (lambda x, y: x + c, a + c),
        (lambda x, y: c + x, a + c),
        (lambda x, y: c - x, c - a),
        (lambda x, y: x - c.tolist(), a - c),
        (lambda x, y: c * x, a * c),
        (lambda x, y: (x - y) * (x + y), a * a - b * b),
        (lambda x, y: x * np.int64(5) - np.array(2), 5 * a - 2),
    ]:
        found = combine_packed([ours(x, y) for x, y in zip(left, right, strict=True)])  # type: ignore[no-untyped-call]
        np.testing.assert_array_equal(found, expected)


def test_products_need_more_shares(shares: list[PackedShare]) -> None:
    squares = [share * share for share in shares]
    assert {share.threshold for share in squares} == {9}
    with pytest.raises(vk.ProtocolError) as few:
        combine_packed(squares[:8])
    assert few.value.name == "TooFewShares"
    with pytest.raises(vk.EvaluationError) as full:
        squares[0] * shares[0]
    assert full.value.name == "HeadroomExhausted"


def test_spare_shares_show_a_wrong_one(shares: list[PackedShare]) -> None:
    data = bytearray(shares[2].to_bytes())
    data[-3] ^= 1
    with pytest.raises(vk.CryptoError):
        combine_packed([*shares[:2], PackedShare.from_bytes(data), *shares[3:6]])


def test_shares_that_do_not_go_together(shares: list[PackedShare]) -> None:
    other = split_packed(VALUES, privacy=2, width=3, shares=9)
    with pytest.raises(vk.ParameterError):
        combine_packed([*shares[:4], other[4]])
    with pytest.raises(vk.ParameterError):
        combine_packed([*shares[:4], shares[4] + 1])
    with pytest.raises(vk.ProtocolError) as caught:
        combine_packed([*shares[:4], shares[0]])
    assert caught.value.culprits == (1,)
    for operand in (shares[1], split_packed([1], 2, 3, 9)[0], split_packed(VALUES, 2, 2, 9)[0], [1, 2]):
        for call in (lambda: shares[0] + operand, lambda: shares[0] * operand):
            with pytest.raises(vk.ParameterError):
                call()


@pytest.mark.parametrize("sizes", [(0, 3, 9), (2, 0, 9), (2, 3, 4), (2, 4097, 9000), (2, 3, 65_536), (-1, 3, 9)])
def test_sizes_that_are_not_allowed(sizes: tuple[int, int, int]) -> None:
    with pytest.raises(vk.ParameterError) as caught:
        split_packed([1], *sizes)
    assert caught.value.name == "InvalidParams"


def test_values_that_are_not_allowed(shares: list[PackedShare]) -> None:
    for values in ([2**60], [-(2**60)], [2**63 - 1], [-(2**63)], [2**64], []):
        with pytest.raises(vk.ParameterError):
            split_packed(values, 1, 1, 2)
    for operand in (2**60, -(2**60), [2**60] * 7, 2**200):
        for call in (lambda: shares[0] + operand, lambda: shares[0] - operand, lambda: operand * shares[0]):
            with pytest.raises(vk.ParameterError):
                call()
    with pytest.raises(vk.ParameterError):
        split_packed([[1, 2]], 1, 1, 2)


def test_arguments_of_other_types(shares: list[PackedShare]) -> None:
    calls: list[Any] = [
        PackedShare,
        lambda: split_packed([1.5], 1, 1, 2),
        lambda: split_packed(["a"], 1, 1, 2),
        lambda: split_packed([1], 1.0, 1, 2),  # type: ignore[arg-type]
        lambda: combine_packed(shamir.split(b"secret", 2, 3)),  # type: ignore[arg-type]
        lambda: shares[0] + 1.5,
        lambda: shares[0] * [1.5] * 7,
        lambda: shares[0] + "a",
        lambda: shares[0] * None,
        lambda: hash(shares[0]),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()
    assert "41" not in repr(shares[0])
