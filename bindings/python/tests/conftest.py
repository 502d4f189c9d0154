"""Keys are made once: the tests compute under them, never change them."""

from typing import Any

import pytest

import veilkit as vk
from veilkit import shamir


@pytest.fixture(scope="session")
def keys() -> "vk.paillier.Keypair":
    return vk.paillier.generate_keypair(bits=2048)


@pytest.fixture(scope="session")
def other_keys() -> "vk.paillier.Keypair":
    return vk.paillier.generate_keypair(bits=2048)


@pytest.fixture()
def every_kind() -> list[Any]:
    """A share of each kind: that of bytes, then a card, then the others."""
    return [
        shamir.split(bytes(32), 2, 3)[0],
        shamir.split_cards(bytes(32), 2, 3)[1],
        shamir.split_by_policy(bytes(32), "a and b")[1],
        shamir.split_verifiable(bytes(32), 2, 3)[1][2],
        shamir.split_key(2, 3)[1][0],
        shamir.split_packed([1, 2, 3], privacy=1, width=2, shares=4)[3],
    ]
