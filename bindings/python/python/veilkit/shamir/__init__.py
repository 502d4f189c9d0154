"""Secret sharing: any `threshold` of the shares give a secret back, fewer say nothing about it but its length.

>>> from veilkit import shamir
>>> shares = shamir.split(b"the key of the archive", threshold=3, shares=5)
>>> shares[0]
Share(index=1, threshold=3, shares=5)
>>> shamir.combine(shares[1:4])
b'the key of the archive'

Each share carries commitments to all shares of its set, so that `combine` names a share that is wrong, and
`combine_correcting` goes on without it while enough right ones are left.

Where the dealer itself is not trusted, `split_verifiable` adds a public commitment that each holder checks its share
against; it hides the secret, however easily guessed. `split_key` does the same for a uniformly random key, of which the
commitment tells the public key.
"""

from ._shares import Share, combine, combine_correcting, split
from ._verifiable import (
    Commitment,
    KeyCommitment,
    KeyShare,
    VerifiableShare,
    combine_key,
    combine_verifiable,
    split_key,
    split_verifiable,
)

__all__ = [
    "Commitment",
    "KeyCommitment",
    "KeyShare",
    "Share",
    "VerifiableShare",
    "combine",
    "combine_correcting",
    "combine_key",
    "combine_verifiable",
    "split",
    "split_key",
    "split_verifiable",
]

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    globals()[_name].__module__ = __name__
