#!/usr/bin/env python3
"""The doctor: computes a patient's risk score from encrypted measurements, and cannot read them, nor the score.

The model is fitted in the clear on the other patients of the breast-cancer table. Its weights stay here: the patient
sees one number, re-randomised before it is sent.
"""

import veilkit as vk

import risk
from patient import DOCTOR, KEY_BITS, PATIENT
from process import clocks, facts, peak_memory, read_report, report
from wire import Link


def main() -> None:
    """One score."""
    names, matrix, malignant, rows = risk.load()
    others = rows != risk.PATIENT_ROW
    started = clocks()[0]
    intercept, weights = risk.fit(matrix[others], malignant[others])
    fitted = clocks()[0]

    order = read_report()
    with Link(order["port"], bytes.fromhex(order["room"]), DOCTOR, 2) as link:
        messages = [message for sender, message in link.exchange(()).messages if sender == PATIENT]
        began = clocks()[0]
        public_key = vk.paillier.PublicKey.from_bytes(messages[0])
        row = vk.paillier.EncryptedArray.from_bytes(messages[1], public_key)
        score = row.dot(weights) + intercept
        answer = score.to_bytes()  # re-randomised: it does not show how it was made
        computed = clocks()[0]
        link.exchange(((PATIENT, answer),))

    # The doctor's own key pair opens nothing of the patient's.
    own = vk.paillier.generate_keypair(bits=KEY_BITS)
    try:
        own.secret_key.decrypt(row)
        refusal = None
    except vk.VeilkitError as error:
        refusal = facts(error)
    report(
        "scored",
        intercept=intercept,
        weights=weights.tolist(),
        names=names,
        trained_on=int(others.sum()),
        seconds={"fit": fitted - started, "score": computed - began},
        sent=link.sent,
        received=link.received,
        refusal=refusal,
        peak_memory=peak_memory(),
    )


if __name__ == "__main__":
    main()
