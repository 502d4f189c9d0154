#!/usr/bin/env python3
"""The patient: encrypts one row of measurements under a key of their own, gets the encrypted score back, decrypts it.

    patient.py FILE

FILE holds the patient's row. The doctor gets the public key and the ciphertexts, nothing else.
"""

import argparse
import csv
import pathlib

import veilkit as vk

import risk
from process import clocks, peak_memory, read_report, report
from wire import Link

PATIENT, DOCTOR = 1, 2
KEY_BITS = 3072


def main() -> None:
    """One score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    options = parser.parse_args()
    with open(options.file, newline="", encoding="ascii") as file:
        (row,) = csv.DictReader(file)
    order = read_report()

    times = [clocks()[0]]
    keys = vk.paillier.generate_keypair(bits=KEY_BITS)
    times.append(clocks()[0])
    encrypted = keys.secret_key.encrypt(risk.features(row))
    times.append(clocks()[0])
    with Link(order["port"], bytes.fromhex(order["room"]), PATIENT, 2) as link:
        link.exchange(((DOCTOR, keys.public_key.to_bytes()), (DOCTOR, encrypted.to_bytes())))
        ((_, answer),) = link.exchange(()).messages
    times.append(clocks()[0])
    score = float(keys.secret_key.decrypt(vk.paillier.EncryptedArray.from_bytes(answer, keys.public_key)))
    times.append(clocks()[0])
    report(
        "score",
        score=score,
        risk=float(risk.sigmoid(score)),
        sent=link.sent,
        received=link.received,
        seconds=dict(zip(("key", "encrypt", "wait", "decrypt"), (b - a for a, b in zip(times, times[1:])))),
        peak_memory=peak_memory(),
    )


if __name__ == "__main__":
    main()
