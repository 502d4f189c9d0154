"""Sums and statistics over several parties who do not show each other their data.

A secure sum adds up one vector of numbers per party. Every party that stays learns the sum; nobody learns another
party's numbers, the relay that carries the messages included. It is a state machine without sockets: `SumSession.step`
takes the messages that arrived and gives those to send, over whatever transport there is.

>>> from veilkit import mpc
>>> keys = [mpc.IdentityKey.generate() for _ in range(3)]
>>> plan = mpc.SumPlan(
...     parties={number: key.identity for number, key in enumerate(keys, start=1)},
...     threshold=2, length=2, max_abs=1e6, purpose="sum of ages and number of patients",
... )
>>> inputs = {1: [190.0, 3.0], 2: [121.0, 2.0], 3: [64.0, 1.0]}
>>> outputs = mpc.run_locally(plan, dict(enumerate(keys, start=1)), inputs)
>>> outputs[1].values
array([375.,   6.])

Parties also make ElGamal keys together (`DkgSession`), of which any `threshold` of them decrypt and fewer learn nothing.

Holders of `shamir` shares with a public commitment make new shares of the same secret, for themselves or others
(`ResharingSession`), and a lost share again (`RepairSession`), without anybody seeing the secret.

Regressions, tests, quantiles and survival curves over rows that stay with their parties are in `veilkit.mpc.study`.
"""

from . import study
from ._dkg import (
    DecryptionShare,
    DkgSession,
    DkgSetup,
    DkgStep,
    GroupKey,
    KeyShare,
    run_dkg_locally,
)
from ._repair import Repaired, RepairPlan, RepairSession, RepairStep, repair_locally
from ._resharing import Reshared, ResharingPlan, ResharingSession, ResharingStep, Role, reshare_locally
from ._secure_sum import (
    ROUNDS,
    IdentityKey,
    Step,
    SumOutput,
    SumPlan,
    SumSession,
    run_locally,
    verify_signature,
)
from ._session import ALL, Outgoing
from ._study import DEFAULT_RANGE, Result, Study, simulate
from ._survey import Column, Summary, Survey

__all__ = [
    "ALL",
    "DEFAULT_RANGE",
    "ROUNDS",
    "Column",
    "DecryptionShare",
    "DkgSession",
    "DkgSetup",
    "DkgStep",
    "GroupKey",
    "IdentityKey",
    "KeyShare",
    "Outgoing",
    "RepairPlan",
    "RepairSession",
    "RepairStep",
    "Repaired",
    "Reshared",
    "ResharingPlan",
    "ResharingSession",
    "ResharingStep",
    "Result",
    "Role",
    "Step",
    "Study",
    "SumOutput",
    "SumPlan",
    "SumSession",
    "Summary",
    "Survey",
    "repair_locally",
    "reshare_locally",
    "run_dkg_locally",
    "run_locally",
    "simulate",
    "study",
    "verify_signature",
]

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    if callable(globals()[_name]):
        globals()[_name].__module__ = __name__
