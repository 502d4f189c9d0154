"""What a curious hospital can try with its share of the key and everything it heard in a count."""

import veilkit as vk
from veilkit.elgamal import additive

import study
from broadcast import unpack
from curious import attempt
from diagnoses import CELLS, SIZES, TallyPlan


def attempts(
    share: vk.mpc.KeyShare,
    plan: TallyPlan,
    heard: dict[int, bytes],
    total: additive.EncryptedArray,
    received: dict[int, bytes],
    session: bytes,
) -> list[dict[str, object]]:
    """Three ways to learn more than the tally, or to falsify it. `heard`: ballots, `received`: decryption shares."""
    group = share.group
    helper, victim = (party for party in sorted(heard) if party != share.party)
    shares = {party: vk.mpc.DecryptionShare.from_bytes(data) for party, data in received.items()}
    first = additive.Ballot.from_bytes(unpack(heard[victim])[0], group.public_key(**SIZES))
    ballot = first.verify(choices=len(CELLS), context=plan.place(victim, 1))
    mine = share.decryption_share(ballot, session=session)
    altered = bytearray(received[helper])
    altered[-32] ^= 1

    def alter() -> None:
        forged = vk.mpc.DecryptionShare.from_bytes(bytes(altered))
        group.combine(total, [shares[share.party], forged, shares[victim]], session=session)

    names = {party: study.HOSPITALS[party - 1] for party in heard}
    return [
        attempt(
            f"open {names[victim]}'s first ballot alone",
            lambda: group.combine(ballot, [mine], session=session),
        ),
        attempt(
            f"open {names[victim]}'s first ballot with {names[helper]}'s share of the tally",
            lambda: group.combine(ballot, [mine, shares[helper]], session=session),
        ),
        attempt(f"have the tally opened with an altered share of {names[helper]}'s", alter),
    ]
