"""Secret sharing: any `threshold` of the shares give a secret back, fewer say nothing about it but its length.

>>> from veilkit import shamir
>>> shares = shamir.split(b"the key of the archive", threshold=3, shares=5)
>>> shares[0]
Share(index=1, threshold=3, shares=5)
>>> shamir.combine(shares[1:4])
b'the key of the archive'

| split | combine | shares | for |
|---|---|---|---|
| `split` | `combine`, `combine_correcting` | `Share` | bytes of any length |
| `split_verifiable` | `combine_verifiable` | `VerifiableShare` | bytes from a dealer who is not trusted, easily guessed ones too |
| `split_key` | `combine_key` | `KeyShare` | a uniformly random key, of which the commitment tells the public key |
| `split_by_policy` | `combine_by_policy` | `PolicyShare` | a rule: "2 of (doctor, doctor, surgeon) and administrator" |
| `split_cards` | `combine_cards` | `Card` | short bytes on paper, as words or a QR code |
| `split_packed` | `combine_packed` | `PackedShare` | vectors of integers, to be computed on |

Each `Share` and `PolicyShare` carries commitments to all shares of its set, so that `combine` names a share that is wrong,
and `combine_correcting` goes on without it while enough right ones are left. Where the dealer itself is not trusted,
`split_verifiable` and `split_key` add a public commitment that each holder checks its share against.

Take `split_verifiable` (bytes up to 64 KiB; of anything longer, the key that encrypts it) or `split_key` where shares must
last: their holders can refresh them, change the threshold, hand them to others (`mpc.ResharingSession`) and make a lost
one again (`mpc.RepairSession`), without anybody seeing the secret. The other shares have no such protocol: whoever may
recover the secret combines and splits again, and sees it then.

Shares of every kind have `to_bytes`, `to_words` and `to_text` with their counterparts, and `seal` encrypts them to a
custodian's public key.
"""

from ._packed import PackedShare, combine_packed, split_packed
from ._paper import Card, combine_cards, printable, split_cards, word_mistakes
from ._policy import Policy, PolicyShare, combine_by_policy, combine_by_policy_correcting, split_by_policy
from ._sealed import Custodian, CustodianKey, SealedShare, seal
from ._share import AnyShare
from ._shares import Share, combine, combine_correcting, correct, split
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
    "AnyShare",
    "Card",
    "Commitment",
    "Custodian",
    "CustodianKey",
    "KeyCommitment",
    "KeyShare",
    "PackedShare",
    "Policy",
    "PolicyShare",
    "SealedShare",
    "Share",
    "VerifiableShare",
    "combine",
    "combine_by_policy",
    "combine_by_policy_correcting",
    "combine_cards",
    "combine_correcting",
    "combine_key",
    "combine_packed",
    "combine_verifiable",
    "correct",
    "printable",
    "seal",
    "split",
    "split_by_policy",
    "split_cards",
    "split_key",
    "split_packed",
    "split_verifiable",
    "word_mistakes",
]

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    globals()[_name].__module__ = __name__
