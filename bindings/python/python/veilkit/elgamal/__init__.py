"""ElGamal encryption over ristretto255: encrypted numpy arrays with short ciphertexts, shared keys and proofs.

What this module offers is `veilkit.elgamal.additive`: whoever has the public key encrypts, adds encrypted arrays, adds plain
numbers, and multiplies by plain numbers.

>>> import numpy as np
>>> from veilkit import elgamal
>>> keys = elgamal.generate_keypair()
>>> a = keys.public_key.encrypt(np.array([120.5, 131.0]), bound=300)
>>> a
EncryptedArray(shape=(2,), kind='fixed', scheme='elgamal', key='...')
>>> keys.secret_key.decrypt(2 * a + 1.5)
array([242.5, 263.5])

`veilkit.elgamal.multiplicative` has other types, for products and ratios of integers, and for group elements.

Security: semantically secure under the decisional Diffie-Hellman assumption in ristretto255; not against quantum computers.
A ciphertext can be changed by anyone without notice: decrypt only what comes from those whom you trust to compute, or what
carries a proof. Shape, kind, bound and key are public; the numbers are not.
"""

from . import additive, multiplicative
from .additive import (
    Ballot,
    Batch,
    BitProof,
    Context,
    EncryptedArray,
    Keypair,
    Opening,
    Proof,
    PublicKey,
    RangeProof,
    SecretKey,
    concatenate,
    generate_keypair,
    prove_equal_logarithms,
    prove_linear,
    tally,
    verify_bits,
    verify_decryption,
    verify_equal,
    verify_equal_logarithms,
    verify_hand_over,
    verify_linear,
    verify_plaintext,
    verify_range,
    verify_value,
)

__all__ = [
    "Ballot",
    "Batch",
    "BitProof",
    "Context",
    "EncryptedArray",
    "Keypair",
    "Opening",
    "Proof",
    "PublicKey",
    "RangeProof",
    "SecretKey",
    "additive",
    "concatenate",
    "generate_keypair",
    "multiplicative",
    "prove_equal_logarithms",
    "prove_linear",
    "tally",
    "verify_bits",
    "verify_decryption",
    "verify_equal",
    "verify_equal_logarithms",
    "verify_hand_over",
    "verify_linear",
    "verify_plaintext",
    "verify_range",
    "verify_value",
]
