"""CKKS encryption: encrypted numpy arrays of real or complex numbers that can be added, multiplied and summed, approximately.

Whoever has the public key encrypts; whoever has the evaluation keys computes, also products of encrypted numbers; the holder of
the secret key reads. The three are objects of their own, for three files.

>>> import numpy as np
>>> from veilkit import ckks
>>> params = ckks.Params(degree=8192, moduli_bits=[60, 40, 40, 60], scale_bits=40)
>>> keys = ckks.generate_keys(params)
>>> x = keys.public_key.encrypt(np.linspace(0, 1, 4096))
>>> x
EncryptedArray(shape=(4096,), level=2, key='...')
>>> round(float(keys.secret_key.decrypt((x * x).mean())), 4)
0.3334

Numbers are approximate: each carries an error, for which a public bound (`EncryptedArray.error_bound`) is tracked through all
operations. Parameters fix how many multiplications can follow each other; `Params.describe` says what they cost before
anything is generated.

Decrypted numbers stay with the holder of the key. Their last digits are noise that depends on the key, and a few exact decryptions
give the key away to whoever has the ciphertexts. `SecretKey.release` makes numbers that may leave, and counts them.

Security: semantically secure if learning with errors over rings is hard for the parameters, which are checked against the published
tables, also for quantum computers in the named sets. A ciphertext can be changed by anyone without notice, so send it over an
authentic channel. Shape, level, bounds and key are public; the numbers are not.
"""

from ._array import EncryptedArray, concatenate
from ._keys import EvaluationKeys, Keys, PublicKey, SecretKey, generate_keys
from ._params import Params
from ._release import Released, ReleaseBudget
from ._transforms import LinearTransform, MatrixProduct

__all__ = [
    "EncryptedArray",
    "EvaluationKeys",
    "Keys",
    "LinearTransform",
    "MatrixProduct",
    "Params",
    "PublicKey",
    "ReleaseBudget",
    "Released",
    "SecretKey",
    "concatenate",
    "generate_keys",
]

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    if callable(globals()[_name]):
        globals()[_name].__module__ = __name__
