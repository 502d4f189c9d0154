"""Keys are made once: the tests compute under them, never change them."""

import pytest

import veilkit as vk


@pytest.fixture(scope="session")
def keys() -> "vk.paillier.Keypair":
    return vk.paillier.generate_keypair(bits=2048)


@pytest.fixture(scope="session")
def other_keys() -> "vk.paillier.Keypair":
    return vk.paillier.generate_keypair(bits=2048)
