"""Logistic regression on an encrypted table: training sees neither the patients nor the model.

A hospital encrypts the Wisconsin breast-cancer table. Whoever computes has the evaluation keys and runs three of Nesterov's
accelerated gradient steps, with a polynomial in place of the sigmoid. The hospital decrypts the model. Beside it stands the same
training on plain numbers, by the same function, and one with the exact sigmoid.

    python examples/python/encrypted_regression.py [--plot curve.png]

The exit status is 0 only if the encrypted model is the plain one, to six decimals. The bound that the library tracks is far above
the error: it takes each noise at its worst and in the worst direction, in sums of hundreds of numbers.
"""

from __future__ import annotations

import argparse
import csv
import pathlib
import sys
import time

import numpy as np
from numpy.polynomial import Chebyshev

from veilkit import ckks

TABLE = pathlib.Path(__file__).parents[1] / "data" / "breast_cancer.csv"
# Eleven multiplications in a row, errors near 2^-26 each; four moduli for keys make these small.
PARAMS = {"degree": 32768, "moduli_bits": [60] + 11 * [50] + 4 * [60], "key_moduli": 4, "scale_bits": 50}
COMPONENTS = 15  # and a column of ones: 456 rows of 16 columns, one ciphertext
LARGEST = 3.0  # of any number in the table, in standard deviations
RATE, STEPS = 7.0, 3
# Scores stay within this interval, weights below this bound; the plain training checks both. The table is divided by the
# first, so that the polynomial's argument runs from -1 to 1.
SCORES, WEIGHTS = 9.0, 16.0
SIGMOID = Chebyshev.interpolate(lambda x: 1 / (1 + np.exp(-SCORES * x)), 3)


def load():
    """Measurements, and 1 for benign or -1 for malignant; every fifth row is for the test."""
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("row", "target")]
    values = np.array([[float(row[name]) for name in names] for row in rows])
    labels = np.array([2.0 * int(row["target"]) - 1.0 for row in rows])
    test = np.array([int(row["row"]) % 5 == 0 for row in rows])
    return values, labels, test


def prepare(values, train):
    """What the hospital does before it encrypts: uncorrelated columns of one size, so that few steps are enough."""
    scaled = np.clip((values - values[train].mean(axis=0)) / values[train].std(axis=0), -LARGEST, LARGEST)
    _, sizes, axes = np.linalg.svd(scaled[train], full_matrices=False)
    sizes = sizes[:COMPONENTS] / np.sqrt(train.sum())
    columns = np.clip(scaled @ axes[:COMPONENTS].T / (sizes + 0.2), -LARGEST, LARGEST)
    return np.column_stack([columns, np.ones(len(values))])


def known(values, bound):
    """Declares a bound: the worst case of all operations before is far above it. On plain numbers, checks it."""
    if isinstance(values, ckks.EncryptedArray):
        return values.within(bound)
    if np.abs(values).max() > bound:
        sys.exit("numbers leave the bounds that are declared: choose wider ones, or a lower rate")
    return values


def train(table, sigmoid):
    """The weights after `STEPS` steps from zero, for rows that are multiplied by their labels: encrypted or not.

    At weights of zero every sigmoid is 1/2, so the first step is a sum. Each other one takes five levels: the scores and
    their mask, the polynomial of degree three, the gradient. Factors wait where they cost nothing: in the polynomial.
    """
    rate = RATE * SCORES / table.shape[0]
    weights = ahead = table.sum(axis=0) * (rate / 2)
    for step in range(1, STEPS - 1):
        momentum = step / (step + 3)
        gradient = known(table.T @ sigmoid(known(table @ ahead, 1.0), (1 + momentum) * rate), WEIGHTS)
        before, weights = weights, ahead + gradient * (1 / (1 + momentum))
        ahead = known((1 + momentum) * ahead - momentum * before + gradient, WEIGHTS)
    return ahead + known(table.T @ sigmoid(known(table @ ahead, 1.0), rate), WEIGHTS)


def exact(scores, factor):
    """The sigmoid of minus the scores, times a factor."""
    return factor / (1 + np.exp(SCORES * scores))


def plain(scores, factor):
    """The same by the polynomial."""
    return factor * SIGMOID(-scores)


def encrypted(scores, factor):
    """The same on encrypted scores."""
    return scores.polyval(factor * (1 - SIGMOID))


def accuracy(weights, table):
    """The part of the rows whose score has the right sign."""
    return float(np.mean(table @ weights > 0))


def plot(path, table, models):
    """The test set's scores under each model, sorted. Returns whether matplotlib is there."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
    except ImportError:
        return False
    figure, axes = plt.subplots(figsize=(7, 4))
    for (name, weights), line in zip(models.items(), ("-", "--", ":"), strict=True):
        axes.plot(np.sort(table @ weights), line, label=name)
    axes.axhline(0.0, color="grey", linewidth=0.5)
    axes.set(xlabel="patients of the test set, by score", ylabel="score times label: above 0 is right")
    axes.legend()
    figure.savefig(path, dpi=150, bbox_inches="tight")
    return True


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--plot", type=pathlib.Path, help="where to draw the scores")
    arguments = options.parse_args()

    values, labels, test = load()
    signed = prepare(values, ~test) * labels[:, None] / SCORES
    rows, held_out = signed[~test], signed[test]

    clear = train(rows, plain)
    reference = train(rows, exact)

    params = ckks.Params(**PARAMS)
    print(params.describe())
    start = time.perf_counter()
    # Sums and copies along the 16 columns, sums along 512 rows.
    columns, stride = [1, 2, 4, 8], [16 << k for k in range(9)]
    keys = ckks.generate_keys(params, rotations=[*columns, *(-step for step in columns), *stride])
    made = time.perf_counter()
    table = keys.public_key.encrypt(rows, bound=LARGEST / SCORES)
    sent = time.perf_counter()
    model = train(table, encrypted)
    trained = time.perf_counter()
    weights = keys.secret_key.decrypt(model)

    off = float(np.abs(weights - clear).max())
    print(f"keys {made - start:.2f} s, encryption {sent - made:.2f} s, {STEPS} steps {trained - sent:.2f} s")
    print(f"weights: off by {off:.1e} from the same training in the clear, at worst {model.error_bound:.1e}")
    models = {"encrypted": weights, "in the clear": clear, "in the clear, exact sigmoid": reference}
    for name, found in models.items():
        print(f"{name:30} accuracy {accuracy(found, rows):.4f}, on {len(held_out)} other patients {accuracy(found, held_out):.4f}")
    if arguments.plot and not plot(arguments.plot, held_out, models):
        print("no plot: matplotlib is not installed")

    same = np.array_equal(held_out @ weights > 0, held_out @ clear > 0)
    if off > min(1e-6, model.error_bound) or not same:
        sys.exit("FAILED: the encrypted model is not the one in the clear")


if __name__ == "__main__":
    main()
