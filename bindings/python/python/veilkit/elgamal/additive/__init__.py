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
"""

from ._array import EncryptedArray, concatenate
from ._keys import Keypair, PublicKey, SecretKey, generate_keypair

__all__ = [
    "EncryptedArray",
    "Keypair",
    "PublicKey",
    "SecretKey",
    "concatenate",
    "generate_keypair",
]

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    globals()[_name].__module__ = __name__
