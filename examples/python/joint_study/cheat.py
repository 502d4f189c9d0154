"""What a dishonest hospital can do to its ballots, with its own ones and everything it heard in an earlier count.

No call makes a ballot that weighs five or has two crosses. So the ciphertexts are computed from an honest ballot's, as
anybody can, and put into its bytes beside the old proofs.
"""

from veilkit.elgamal import additive

from diagnoses import CELLS, TallyPlan

# A ballot: 9 bytes of header, 16 of the key's id, the number of cells; ciphertexts of 64 bytes; the proofs.
FIRST, SIZE = 9 + 16 + 2, 64 * len(CELLS)
REPLACED = {
    3: "a ballot of weight five",
    5: "a ballot with two crosses",
    8: "ballot 7 once more",
    11: "North's ballot 11 of an earlier count",
    14: "its own ballot 14 of an earlier count",
}


def transplant(ballot: bytes, choices: additive.EncryptedArray) -> bytes:
    """The ballot with other ciphertexts."""
    return ballot[:FIRST] + choices.to_bytes()[-SIZE:] + ballot[FIRST + SIZE :]


def spoil(
    ballots: list[bytes], key: additive.PublicKey, plan: TallyPlan, me: int, earlier: dict[int, list[bytes]]
) -> list[bytes]:
    """The hospital's ballots with those of `REPLACED` in their places. `earlier`: ballots heard before, by hospital."""

    def choices(number: int) -> additive.EncryptedArray:
        ballot = additive.Ballot.from_bytes(ballots[number - 1], key)
        return ballot.verify(choices=len(CELLS), context=plan.place(me, number))

    one_more = [1] + [0] * (len(CELLS) - 1)
    spoilt = {
        3: transplant(ballots[2], choices(3) * 5),
        5: transplant(ballots[4], choices(5) + one_more),
        8: ballots[6],
        11: earlier[1][10],
        14: earlier[me][13],
    }
    assert spoilt.keys() == REPLACED.keys()
    return [spoilt.get(number, ballot) for number, ballot in enumerate(ballots, 1)]
