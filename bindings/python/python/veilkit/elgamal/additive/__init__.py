"""Additive ElGamal over ristretto255: encrypted numpy arrays that anyone can add up and weight, with small results.

The plaintext stands in the exponent, so decryption ends in a bounded search: results up to 2^32 by default, up to 2^40 at
most. In return ciphertexts are 64 bytes, keys may be shared by several parties (`veilkit.mpc.DkgSession`), and proofs about
encrypted numbers are short.

>>> import numpy as np
>>> from veilkit.elgamal import additive
>>> keys = additive.generate_keypair()
>>> cases = keys.public_key.encrypt(np.array([120, 31, 8]), bound=10_000)
>>> keys.secret_key.decrypt(cases + [95, 40, 0])
array([215,  71,   8])

Proofs about encrypted numbers hold in one `Context` only. The maker of an array proves ranges, bits, values and
equalities (`Opening`); voters cast one choice of several (`Ballot`, `tally`); the holder of the key proves a decryption, or
hands an array over to another key; whoever computes proves a linear function; whoever has a secret scalar proves that two
elements were multiplied by it. `Batch` checks many at once.
"""

from ._array import EncryptedArray, concatenate
from ._ballots import Ballot, tally
from ._keys import Keypair, PublicKey, SecretKey, generate_keypair
from ._proofs import (
    Batch,
    BitProof,
    Context,
    Opening,
    Proof,
    RangeProof,
    prove_equal_logarithms,
    prove_linear,
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
    "concatenate",
    "generate_keypair",
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

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    globals()[_name].__module__ = __name__
