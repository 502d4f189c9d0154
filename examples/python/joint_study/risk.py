"""The doctor's model: logistic regression on the Wisconsin breast-cancer table, fitted in the clear by Newton's method.

The risk is the probability that the mass is malignant. The patient whose row is scored is not in the data of the fit.
"""

import numpy as np

import study

PATIENT_ROW = 198
PENALTY = 1.0


def features(row: dict[str, str]) -> np.ndarray:
    """A row's 30 measurements. Shape `(30,)`."""
    return np.array([float(value) for name, value in row.items() if name not in ("row", "target")])


def load() -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Names, measurements `(569, 30)`, malignant or not `(569,)`, row numbers `(569,)`."""
    rows = study.load_table("breast_cancer")
    names = [name for name in rows[0] if name not in ("row", "target")]
    matrix = np.array([features(row) for row in rows])
    malignant = np.array([row["target"] == "0" for row in rows], dtype=float)
    return names, matrix, malignant, np.array([int(row["row"]) for row in rows])


def fit(matrix: np.ndarray, malignant: np.ndarray, penalty: float = PENALTY) -> tuple[float, np.ndarray]:
    """Intercept and weights in the measurements' own units, by Newton steps on the penalised likelihood.

    The measurements are standardised for the fit (the penalty acts there) and the weights scaled back.
    """
    mean, deviation = matrix.mean(axis=0), matrix.std(axis=0)
    design = np.column_stack([np.ones(len(matrix)), (matrix - mean) / deviation])
    ridge = np.diag([0.0] + [penalty] * matrix.shape[1])
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        probability = sigmoid(design @ beta)
        gradient = design.T @ (malignant - probability) - ridge @ beta
        step = np.linalg.solve((design * (probability * (1 - probability))[:, None]).T @ design + ridge, gradient)
        beta += step
        if np.abs(step).max() < 1e-12:
            break
    else:
        raise ArithmeticError("Newton's method did not settle")
    weights = beta[1:] / deviation
    return float(beta[0] - weights @ mean), weights


def sigmoid(score: np.ndarray | float) -> np.ndarray:
    """1 / (1 + exp(-score)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(score)))
