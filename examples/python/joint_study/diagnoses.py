"""What the tally asks: how often is each diagnosis the main one? The rule, the plan of a count, and who checks what.

Everything here is public and agreed beforehand. Every patient of NHEFS becomes one ballot: an encrypted list with a
single 1, in the cell of the patient's main diagnosis.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping

import veilkit as vk
from veilkit.elgamal import additive

import study

# Diagnosed by 1971, in this order: the first that a patient has is the main one. Title, column of NHEFS.
DIAGNOSES = (
    ("malignant tumour", "tumor"),
    ("tuberculosis", "tb"),
    ("hepatitis", "hepatitis"),
    ("colitis", "colitis"),
    ("asthma", "asthma"),
    ("peptic ulcer", "pepticulcer"),
    ("chronic bronchitis", "bronch"),
)
CELLS = (*(title for title, _ in DIAGNOSES), "none of these")

# Any two hospitals decrypt together; no count of one hospital is asked for.
THRESHOLD = 2
# No hospital takes part in a count of fewer of its patients.
LEAST = 20
# Counts are whole numbers below 2^16; a single ciphertext below 2^8.
SIZES = {"fraction_bits": 0, "value_bits": 8, "decode_bits": 16}


def main_diagnosis(row: Mapping[str, str]) -> int:
    """The cell of a patient."""
    return next((cell for cell, (_, column) in enumerate(DIAGNOSES) if row[column] == "1"), len(DIAGNOSES))


def counts(rows: study.Rows, first: int | None = None) -> list[int]:
    """How many of the patients (of the first so many) are in each cell."""
    cells = [main_diagnosis(row) for row in rows[study.NHEFS][:first]]
    return [cells.count(cell) for cell in range(len(CELLS))]


@dataclasses.dataclass(frozen=True)
class TallyPlan:
    """One count. Every ballot, every share and the key itself are bound to its hash."""

    parties: dict[int, bytes]
    """The public identity of each hospital, by its number."""
    session: bytes
    """32 bytes that no other run ever used."""
    key: str = ""
    """The id of the shared key; empty for a key that is made first."""
    first: int | None = None
    """Only the first so many patients of each hospital; all if absent."""

    def to_text(self) -> str:
        """The plan and the question, as every hospital hashes them."""
        parties = {str(party): identity.hex() for party, identity in sorted(self.parties.items())}
        facts = {"parties": parties, "session": self.session.hex(), "key": self.key, "first": self.first}
        return json.dumps(facts | {"diagnoses": DIAGNOSES, "threshold": THRESHOLD, "sizes": SIZES})

    @classmethod
    def from_text(cls, text: str) -> "TallyPlan":
        """Reads a plan; `ValueError` for one that asks another question than this file."""
        facts = json.loads(text)
        parties = {int(party): bytes.fromhex(identity) for party, identity in facts["parties"].items()}
        plan = cls(parties, bytes.fromhex(facts["session"]), facts["key"], facts["first"])
        if plan.to_text() != text:
            raise ValueError("the plan has another question, threshold or sizes")
        return plan

    @property
    def hash(self) -> bytes:
        """Names the plan, 32 bytes."""
        return hashlib.sha256(self.to_text().encode()).digest()

    def session_of(self, hospital: int) -> bytes:
        """What the ballots of one hospital are bound to; each also to its number, from 1."""
        return b"ballots of hospital %d, plan " % hospital + self.hash

    def place(self, hospital: int, number: int) -> additive.Context:
        """Where one ballot counts, and nowhere else."""
        return additive.Context(self.session_of(hospital), number)

    def key_setup(self) -> vk.mpc.DkgSetup:
        """The generation of the shared key."""
        session = hashlib.sha256(b"key, plan " + self.hash).digest()
        return vk.mpc.DkgSetup(parties=self.parties, threshold=THRESHOLD, session=session)
