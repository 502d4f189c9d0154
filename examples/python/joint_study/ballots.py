"""Ballots of diagnoses: casting, checking, adding up, opening the sum. No files and no network.

Whatever comes from another hospital arrives as bytes and is judged here; what is wrong is reported by hospital.
"""

import itertools

import veilkit as vk
from veilkit.elgamal import additive

import study
from broadcast import unpack
from diagnoses import CELLS, TallyPlan, main_diagnosis
from process import facts

Wrong = dict[int, dict[str, object]]
"""The typed error, by the hospital that is to blame."""


def cast(key: additive.PublicKey, plan: TallyPlan, me: int, rows: study.Rows) -> list[bytes]:
    """A ballot for each patient, bound to plan, hospital and the ballot's number."""
    choices = [main_diagnosis(row) for row in rows[study.NHEFS][: plan.first]]
    return [
        key.encrypt_ballot(choice, choices=len(CELLS), context=plan.place(me, number)).to_bytes()
        for number, choice in enumerate(choices, 1)
    ]


def add_up(
    key: additive.PublicKey, plan: TallyPlan, heard: dict[int, bytes]
) -> tuple[additive.EncryptedArray | None, Wrong]:
    """Checks every ballot of every hospital, and adds them all up. No sum if any is wrong."""
    subtotals, wrong = [], {}
    for hospital, message in sorted(heard.items()):
        try:
            ballots = {n: additive.Ballot.from_bytes(data, key) for n, data in enumerate(unpack(message), 1)}
            session = plan.session_of(hospital)
            subtotals.append(additive.tally(ballots, choices=len(CELLS), session=session))
        except vk.VeilkitError as error:
            wrong[hospital] = facts(error)
    return (None if wrong else sum(subtotals[1:], subtotals[0])), wrong


def open_together(
    group: vk.mpc.GroupKey, total: additive.EncryptedArray, received: dict[int, bytes], session: bytes
) -> tuple[list[int], Wrong]:
    """The counts, from the decryption shares that hold, and who sent one that does not.

    Raises `ProtocolError` when too few hold.
    """
    shares, wrong = {}, {}
    for hospital, data in sorted(received.items()):
        try:
            share = vk.mpc.DecryptionShare.from_bytes(data)
            if share.party != hospital:
                raise vk.errors.error("UnknownParty", "share: another hospital's")
            shares[hospital] = share
        except vk.VeilkitError as error:
            wrong[hospital] = facts(error)
    try:
        counts = group.combine(total, shares.values(), session=session)
    except vk.CryptoError as error:
        wrong |= {hospital: facts(error) for hospital in error.culprits}
        right = [share for party, share in shares.items() if party not in error.culprits]
        counts = group.combine(total, right, session=session)
    return counts.tolist(), wrong


def pairs_agree(
    group: vk.mpc.GroupKey, total: additive.EncryptedArray, received: dict[int, bytes], session: bytes
) -> bool:
    """Whether every two hospitals open the same counts."""
    shares = [vk.mpc.DecryptionShare.from_bytes(data) for data in received.values()]
    pairs = itertools.combinations(shares, group.threshold)
    opened = [group.combine(total, pair, session=session).tolist() for pair in pairs]
    return len(opened) == len(shares) and all(counts == opened[0] for counts in opened)
