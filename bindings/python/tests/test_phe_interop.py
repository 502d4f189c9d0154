"""Keys and ciphertexts go to python-paillier and back (phe is under the GPL, and only this test uses it)."""

from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit.paillier import EncryptedArray, Keypair

phe = pytest.importorskip("phe")


@pytest.fixture(scope="module")
def theirs(keys: Keypair) -> tuple[Any, Any]:
    public = phe.PaillierPublicKey(keys.public_key.n)
    return public, phe.PaillierPrivateKey(public, *keys.secret_key.factors())


def signed(residue: int, n: int) -> int:
    return residue - n if residue > n // 2 else residue


def test_they_decrypt_what_we_encrypt(keys: Keypair, theirs: tuple[Any, Any]) -> None:
    values = [0, 1, -1, 2**62, -(2**63)]
    for key in (keys.public_key, keys.secret_key):
        found = [signed(theirs[1].raw_decrypt(c), keys.public_key.n) for c in key.encrypt(values).to_integers()]
        assert found == values
    scaled = keys.public_key.encrypt([1.5, -0.25]).to_integers()
    assert [signed(theirs[1].raw_decrypt(c), keys.public_key.n) / 2**40 for c in scaled] == [1.5, -0.25]


def test_we_decrypt_what_they_encrypt(keys: Keypair, theirs: tuple[Any, Any]) -> None:
    values = [0, 1, 12345, 2**40]
    raw = [theirs[0].raw_encrypt(value) for value in values]
    array = EncryptedArray.from_integers(raw, keys.public_key, shape=(2, 2), bound=2**40)
    assert keys.secret_key.decrypt(array).tolist() == [[0, 1], [12345, 2**40]]
    assert keys.secret_key.decrypt(array.sum() * 2).tolist() == 2 * sum(values)
    fixed = [theirs[0].raw_encrypt(int(value * 2**40)) for value in (1.5, 2.25)]
    array = EncryptedArray.from_integers(fixed, keys.public_key, kind="fixed")
    assert keys.secret_key.decrypt(array).tolist() == [1.5, 2.25]


def test_both_compute_on_each_others_ciphertexts(keys: Keypair, theirs: tuple[Any, Any]) -> None:
    public, secret = theirs
    ours = keys.public_key.encrypt([20, 22])
    sums = public.raw_encrypt(0)
    for ciphertext in ours.to_integers():
        sums = sums * ciphertext % public.nsquare
    assert keys.secret_key.decrypt(EncryptedArray.from_integers([sums], keys.public_key)).tolist() == [42]
    mixed = ours + EncryptedArray.from_integers([public.raw_encrypt(1)] * 2, keys.public_key)
    assert [secret.raw_decrypt(c) for c in (mixed * 3).to_integers()] == [63, 69]


def test_their_numbers_with_exponents(keys: Keypair, theirs: tuple[Any, Any]) -> None:
    number = theirs[0].encrypt(3.25, precision=2**-40)
    assert number.exponent <= 0
    array = EncryptedArray.from_integers([number.ciphertext()], keys.public_key)
    integer = keys.secret_key.decrypt(array)[0]
    assert int(integer) * 16.0**number.exponent == 3.25


@pytest.mark.parametrize("bad", ["zero", "n", "n squared", "negative", "huge", "factor"])
def test_integers_that_are_no_ciphertexts(keys: Keypair, bad: str) -> None:
    n = keys.public_key.n
    value = {
        "zero": 0,
        "n": n,
        "n squared": n**2,
        "negative": -1,
        "huge": 2**5000,
        "factor": keys.secret_key.factors()[0],
    }[bad]
    with pytest.raises(vk.EncodingError):
        EncryptedArray.from_integers([value], keys.public_key)


def test_arguments_that_do_not_fit(keys: Keypair) -> None:
    good = keys.public_key.encrypt([1, 2]).to_integers()
    with pytest.raises(vk.ParameterError):
        EncryptedArray.from_integers(good, keys.public_key, shape=(3,))
    with pytest.raises(vk.ParameterError):
        EncryptedArray.from_integers(good, keys.public_key, kind="float")  # type: ignore[arg-type]
    with pytest.raises(vk.ParameterError):
        EncryptedArray.from_integers(good, keys.public_key, bound=np.nan)
    for wrong in ([1.5], ["1"], None, 7):
        with pytest.raises(TypeError):
            EncryptedArray.from_integers(wrong, keys.public_key)  # type: ignore[arg-type]
    # The bound that the caller vouches for is checked when the key holder decrypts.
    lied = EncryptedArray.from_integers(keys.public_key.encrypt([1000]).to_integers(), keys.public_key, bound=10)
    with pytest.raises(vk.CryptoError):
        keys.secret_key.decrypt(lied)
