"""Paillier encryption: encrypted numpy arrays that anyone can add up and weight, and one key holder can read.

Whoever has the public key encrypts, adds encrypted arrays, adds plain numbers, and multiplies by plain numbers.
Encrypted numbers cannot be multiplied with each other, compared or divided by each other.

>>> import numpy as np
>>> from veilkit import paillier
>>> keys = paillier.generate_keypair(bits=2048)
>>> a = keys.public_key.encrypt(np.array([120.5, 131.0]))
>>> a
EncryptedArray(shape=(2,), kind='fixed', bits=2048, key='...')
>>> keys.secret_key.decrypt(2 * a + 1.5)
array([242.5, 263.5])
>>> keys.secret_key.decrypt(a.mean())
np.float64(125.75)

Numbers are exact integers or fixed point, decided by the element type of what goes in: integers and booleans are
`kind='int'`, floats are `kind='fixed'` with one number of fraction bits for the whole key (40 by default, an error of
at most 2^-41 for each encoded number). A public bound on the absolute values is carried along, and the operation
whose result might not fit fails with `EvaluationError`, so that a decryption is never silently wrong.

A key holder publishes a key with a proof that it is well-formed, and `PublicKey.from_bytes` checks it. Numbers that are
submitted to somebody's sum come with a proof of their range (`PublicKey.submit`, `Submission.verify`).

A key can be shared, so that only enough parties together decrypt: `deal`, `KeyShare.decryption_share`,
`ThresholdSetup.combine`.

Security: semantically secure under the decisional composite residuosity assumption and the short-exponent assumption
of Damgard, Jurik and Nielsen; not against quantum computers. A ciphertext can be changed by anyone without notice, so
send it over an authentic channel. Shape, kind, bound and key are public; the numbers are not.
"""

from ._array import EncryptedArray, concatenate
from ._keys import Keypair, PublicKey, SecretKey, UnprovenPublicKey, generate_keypair
from ._packed import PackedArray, sum_packed
from ._phe import from_phe, to_phe
from ._pool import RandomizerPool
from ._proofs import EqualityProof, ProductProof, ProvenProduct, Submission
from ._threshold import DecryptionShare, KeyShare, ThresholdSetup, deal

__all__ = [
    "DecryptionShare",
    "EncryptedArray",
    "EqualityProof",
    "KeyShare",
    "Keypair",
    "PackedArray",
    "ProductProof",
    "ProvenProduct",
    "PublicKey",
    "RandomizerPool",
    "SecretKey",
    "Submission",
    "ThresholdSetup",
    "UnprovenPublicKey",
    "concatenate",
    "deal",
    "from_phe",
    "generate_keypair",
    "sum_packed",
    "to_phe",
]

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    if callable(globals()[_name]):
        globals()[_name].__module__ = __name__
