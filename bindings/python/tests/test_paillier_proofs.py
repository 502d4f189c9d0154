"""Proven public keys, submissions with a range proof, proofs of equality and of products."""

import pickle
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import paillier
from veilkit.paillier import EncryptedArray, EqualityProof, Keypair, ProductProof, PublicKey, Submission, UnprovenPublicKey

CONTEXT = "session 1, party 2"


def refused(name: str, call: Any) -> None:
    with pytest.raises(vk.VeilkitError) as caught:
        call()
    assert caught.value.name == name


def test_published_keys_carry_their_proof(keys: Keypair) -> None:
    key = keys.public_key
    assert key.is_proven and len(key.to_bytes()) == 35_375
    received = PublicKey.from_bytes(key.to_bytes())
    assert received.is_proven and received == key and received.key_id == key.key_id
    assert "proven" in received.describe() and "unproven" not in repr(received)
    loaded = paillier.SecretKey.from_bytes(keys.secret_key.to_bytes())
    assert loaded.public_key.to_bytes() == key.to_bytes() and loaded.public_key is loaded.public_key


def test_keys_without_a_proof_need_a_call_that_says_so(keys: Keypair) -> None:
    short = keys.public_key.to_bytes_without_proof()
    with pytest.raises(vk.EncodingError, match="UnprovenPublicKey"):
        PublicKey.from_bytes(short)
    unproven = UnprovenPublicKey.from_bytes(short)
    assert not hasattr(unproven, "encrypt") and keys.public_key.key_id[:8] in repr(unproven)
    trusted = unproven.trust_without_proof()
    assert trusted == keys.public_key and not trusted.is_proven
    assert trusted.to_bytes() == short and "unproven" in repr(trusted) and "without a proof" in trusted.describe()
    assert keys.secret_key.decrypt(trusted.encrypt([3])).tolist() == [3]
    with pytest.raises(vk.EncodingError):
        UnprovenPublicKey.from_bytes(keys.public_key.to_bytes())
    with pytest.raises(TypeError):
        UnprovenPublicKey()
    with pytest.raises(TypeError):
        UnprovenPublicKey.from_bytes("text")  # type: ignore[arg-type]


def test_false_proofs(keys: Keypair, other_keys: Keypair) -> None:
    data = bytearray(keys.public_key.to_bytes())
    data[-256] ^= 1  # the lowest byte of the last number, which stays below n
    refused("VerificationFailed", lambda: PublicKey.from_bytes(data))
    ours, theirs = keys.public_key.to_bytes(), other_keys.public_key.to_bytes()
    body = 9 + 4 + 2 * 256
    with pytest.raises((vk.CryptoError, vk.EncodingError)):  # the other key's numbers may not even be below this n
        PublicKey.from_bytes(ours[:body] + theirs[body:])


def test_pickles_keep_the_proof(keys: Keypair) -> None:
    first, second = (pickle.loads(pickle.dumps(keys.public_key)) for _ in range(2))
    assert first.is_proven and first == keys.public_key and first is second
    trusted = UnprovenPublicKey.from_bytes(keys.public_key.to_bytes_without_proof()).trust_without_proof()
    assert not pickle.loads(pickle.dumps(trusted)).is_proven


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([41, 97], 0, 127), ([[-5], [5]], -5, 5), (7, np.int64(0), np.uint8(9)), ([1.25, 2.5], 0.0, 2.5), ([True], 0, 1), ([], 0, 1)],
)
def test_submitted_numbers_come_back(keys: Keypair, values: Any, low: Any, high: Any) -> None:
    values = np.asarray(values, dtype=np.int64) if not np.size(values) else values
    sent = keys.public_key.submit(values, low, high, context=CONTEXT)
    received = Submission.from_bytes(sent.to_bytes(), keys.public_key)
    assert (received.shape, received.low, received.high) == (np.shape(values), low, high)
    array = received.verify(low, high, context=CONTEXT.encode())
    assert isinstance(array, EncryptedArray) and array.kind == received.kind
    np.testing.assert_array_equal(keys.secret_key.decrypt(array), values)
    again = pickle.loads(pickle.dumps(received))
    assert again.to_bytes() == sent.to_bytes() and "unverified" in repr(again)


def test_numbers_outside_the_range(keys: Keypair) -> None:
    submit = keys.public_key.submit
    for values, low, high in (([-(10**9)], 0, 120), ([121], 0, 120), ([0.5, -0.001], 0.0, 1.0), ([1], 1, 0), ([1], 1, 1)):
        refused("OutOfRange", lambda: submit(values, low, high, context=CONTEXT))  # noqa: B023
    refused("OutOfRange", lambda: submit([1], 0, 2**64, context=CONTEXT))
    refused("OutOfRange", lambda: submit([1.0], 0.0, float("nan"), context=CONTEXT))
    refused("ParamsMismatch", lambda: submit([1.5], 0, 2, context=CONTEXT))
    refused("ParamsMismatch", lambda: submit([1], 0.0, 2.0, context=CONTEXT))
    for low in (None, "0", True):
        with pytest.raises(TypeError):
            submit([1], low, 2, context=CONTEXT)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        submit([1], 0, 2)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        submit([1], 0, 2, context=7)  # type: ignore[arg-type]


def test_submissions_hold_for_one_range_context_and_key(keys: Keypair, other_keys: Keypair) -> None:
    sent = keys.public_key.submit([41], 0, 127, context=CONTEXT)
    refused("ParamsMismatch", lambda: sent.verify(0, 128, context=CONTEXT))
    refused("ParamsMismatch", lambda: sent.verify(0.0, 127.0, context=CONTEXT))
    refused("VerificationFailed", lambda: sent.verify(0, 127, context="session 1, party 3"))
    refused("ParamsMismatch", lambda: Submission.from_bytes(sent.to_bytes(), other_keys.public_key))
    spoiled = bytearray(sent.to_bytes())
    spoiled[-1] ^= 1
    refused("VerificationFailed", lambda: Submission.from_bytes(spoiled, keys.public_key).verify(0, 127, context=CONTEXT))
    seen: list[tuple[int, int]] = []
    sent.verify(0, 127, context=CONTEXT, progress=lambda done, total: seen.append((done, total)))
    assert seen and seen[-1][0] == seen[-1][1]


def test_equality(keys: Keypair, other_keys: Keypair) -> None:
    x = keys.public_key.encrypt([2.5])
    y, proof = x.rerandomize_with_proof(context=CONTEXT)
    sent = [EncryptedArray.from_bytes(array.to_bytes(), keys.public_key) for array in (x, y)]
    received = EqualityProof.from_bytes(bytes(proof), keys.public_key)
    received.verify(sent[0], sent[1], context=CONTEXT)
    pickle.loads(pickle.dumps(proof)).verify(x, y, context=CONTEXT)
    assert x.to_integers() != y.to_integers() and keys.secret_key.decrypt(y).tolist() == [2.5]
    refused("VerificationFailed", lambda: proof.verify(y, x, context=CONTEXT))
    refused("VerificationFailed", lambda: proof.verify(x, y, context=""))
    refused("VerificationFailed", lambda: proof.verify(x, keys.public_key.encrypt([2.5]), context=CONTEXT))
    refused("ParamsMismatch", lambda: proof.verify(x, keys.public_key.encrypt([2]), context=CONTEXT))
    refused("ParamsMismatch", lambda: proof.verify(*[other_keys.public_key.encrypt([2.5])] * 2, context=CONTEXT))
    refused("ParamsMismatch", lambda: EqualityProof.from_bytes(bytes(proof), other_keys.public_key))
    assert proof.public_key == keys.public_key


def test_products(keys: Keypair) -> None:
    for number, weight, kind in ((7, -6, "int"), (2.5, -4.0, "fixed"), (2.5, 3, "fixed"), (3, 0.5, "fixed")):
        x = keys.public_key.encrypt(number)
        made = x.multiply_with_proof(weight, context=CONTEXT)
        proof = ProductProof.from_bytes(bytes(made.proof), keys.public_key)
        proof.verify(made.weight, x, made.product, context=CONTEXT)
        assert made.product.kind == kind and keys.secret_key.decrypt(made.product) == number * weight
        assert keys.secret_key.decrypt(made.weight) == weight
        refused("VerificationFailed", lambda: proof.verify(made.weight, x, made.product, context=""))  # noqa: B023
    bounded = keys.public_key.encrypt(7).multiply_with_proof(6, context=CONTEXT, bound=10)
    assert bounded.weight.bound_bits < 5
    refused("OutOfRange", lambda: keys.public_key.encrypt(7).multiply_with_proof(60, context=CONTEXT, bound=10))


def test_proofs_are_about_one_number_that_is_sent_as_it_is(keys: Keypair) -> None:
    two, derived = keys.public_key.encrypt([1, 2]), keys.public_key.encrypt(1) + 1
    for call in (
        lambda: two.rerandomize_with_proof(context=CONTEXT),
        lambda: two.multiply_with_proof(1, context=CONTEXT),
        lambda: keys.public_key.encrypt(1).multiply_with_proof([1, 2], context=CONTEXT),  # type: ignore[arg-type]
    ):
        refused("ShapeMismatch", call)
    refused("InvalidParams", lambda: derived.rerandomize_with_proof(context=CONTEXT))
    refused("InvalidParams", lambda: derived.multiply_with_proof(1, context=CONTEXT))
    settled = derived.rerandomize()
    again, proof = settled.rerandomize_with_proof(context=CONTEXT)
    proof.verify(settled, again, context=CONTEXT)
    with pytest.raises(TypeError):
        proof.verify(settled, 7, context=CONTEXT)  # type: ignore[arg-type]
    for cls in (Submission, EqualityProof, ProductProof):
        with pytest.raises(TypeError):
            cls()
        with pytest.raises(vk.EncodingError):
            cls.from_bytes(b"VK", keys.public_key)
        with pytest.raises(TypeError):
            cls.from_bytes(b"VK", 7)  # type: ignore[arg-type]
