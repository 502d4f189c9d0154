"""The key of the archived study, in custody under a rule: two of the hospitals and the auditor have it back."""

import dataclasses
import itertools
import secrets
from collections.abc import Iterator

import veilkit as vk

from outcome import Check, said
from process import facts

RULE = "2 of (North, South, West) and auditor"
ALTERED = 2


@dataclasses.dataclass
class Custody:
    """What happened: every set of holders tried, and what the others were told."""

    policy: vk.shamir.Policy
    recovered: list[tuple[str, ...]]
    refused: dict[tuple[str, ...], dict]
    altered: dict | None
    """The refusal of a set in which one share was altered."""
    without: tuple[str, ...]
    """Who recovered the key after that share was put aside."""

    @property
    def smallest(self) -> list[tuple[str, ...]]:
        """The sets that recovered the key and have nobody to spare."""
        return [names for names in self.recovered if len(names) == self.policy.smallest]

    @property
    def right(self) -> bool:
        """Whether exactly the sets that satisfy the rule recovered the key, and the others were told who is missing."""
        needed = {names for names in self.everybody() if "auditor" in names and len(names) > 2}
        told = all(error["name"] == "TooFewShares" for error in self.refused.values())
        return set(self.recovered) == needed and set(self.refused) == set(self.everybody()) - needed and told

    def everybody(self) -> list[tuple[str, ...]]:
        """Every set of holders that is not empty."""
        return [names for size in range(1, 5) for names in itertools.combinations(self.policy.seats, size)]


def recover(shares: list[vk.shamir.PolicyShare]) -> tuple[bytes | None, dict | None]:
    """The key, or why not."""
    try:
        return vk.shamir.combine_by_policy(shares), None
    except vk.VeilkitError as error:
        return None, facts(error)


def study_key() -> Custody:
    """Splits a key by the rule, and lets every set of holders try."""
    key = secrets.token_bytes(32)
    policy = vk.shamir.Policy(RULE)
    shares = {share.name: share for share in vk.shamir.split_by_policy(key, policy)}
    found = Custody(policy, [], {}, None, ())
    for names in found.everybody():
        recovered, error = recover([shares[name] for name in names])
        if error is not None:
            found.refused[names] = error
        elif recovered == key:
            found.recovered.append(names)
    altered = bytearray(shares[policy.seats[ALTERED - 1]].to_bytes())
    altered[-1] ^= 1
    forged = vk.shamir.PolicyShare.from_bytes(bytes(altered))
    _, found.altered = recover([forged if share.seat == ALTERED else share for share in shares.values()])
    rest = [share for share in shares.values() if share.seat != ALTERED]
    if recover(rest)[0] == key:
        found.without = tuple(share.name for share in rest)
    return found


def conditions(custody: Custody) -> Iterator[Check]:
    """The conditions of the demo about the key."""
    sets = f"{len(custody.recovered)} sets recover it, {len(custody.refused)} are told who is missing"
    yield Check(f"exactly {custody.policy} recover the study's key", custody.right, sets)
    hospitals = custody.refused.get(tuple(custody.policy.seats[:-1]))
    yield Check(
        "three hospitals without the auditor do not recover the study's key", hospitals is not None, said(hospitals)
    )
    named = custody.altered is not None and custody.altered["culprits"] == [ALTERED] and bool(custody.without)
    yield Check("an altered share of the study's key is named, and not needed", named, said(custody.altered))
