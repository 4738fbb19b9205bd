"""Measures a grader's ONNX file on photographs prepared by make-training-data.ts.

python evaluate.py <photographs without suffix> <labels.json: list of grades> <model.onnx> [...]
Prints AUC of referable retinopathy (grade >= 2), sensitivity and specificity at a threshold, five-grade accuracy and quadratic
kappa (the number of cumulative probabilities >= 0.5), and two baselines without a model.
"""

import json
import sys

import numpy as np
import onnxruntime as ort

from train import SIDE, auc


def kappa(a, b, k=5):
    table = np.zeros((k, k))
    for i, j in zip(a, b):
        table[i, j] += 1
    weight = (np.arange(k)[:, None] - np.arange(k)[None]) ** 2
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    return 1 - (weight * table).sum() / (weight * expected).sum()


def baselines(image):
    """Redness: mean of R / (R + G + B) in the field. Spots: share of the field 8 % darker or brighter in green than its 33 x 33 mean."""
    x = image.astype(np.float64)
    field = x[0] > 15
    red = (x[0] / (x.sum(0) + 1))[field].mean()
    green = np.where(field, x[1], 0)
    total = np.pad(green, ((17, 16), (17, 16))).cumsum(0).cumsum(1)
    count = np.pad(field.astype(float), ((17, 16), (17, 16))).cumsum(0).cumsum(1)
    window = lambda s: s[33:, 33:] - s[:-33, 33:] - s[33:, :-33] + s[:-33, :-33]
    mean = window(total) / np.maximum(window(count), 1)
    inner = window(count)[: SIDE - 1, : SIDE - 1] > 1000
    g, m = green[: SIDE - 1, : SIDE - 1], mean[: SIDE - 1, : SIDE - 1]
    return red, (np.abs(g - m) > 0.08 * m)[inner].mean()


def main():
    source, labels, *models = sys.argv[1:]
    grades = np.array(json.load(open(labels)))
    images = np.memmap(source + ".u8", np.uint8, "r").reshape(-1, 3, SIDE, SIDE)
    assert len(images) == len(grades)
    positive = grades >= 2
    print(f"{len(grades)} photographs, {positive.sum()} referable")
    plain = np.array([baselines(image) for image in images])
    for name, column in (("redness", 0), ("spots", 1)):
        print(f"baseline {name}: AUC {auc(plain[:, column], positive):.3f}")
    for path in models:
        path, _, threshold = path.partition("@")
        threshold = float(threshold or 0.5)
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(path, options)
        out = np.concatenate([session.run(None, {"image": image[None].astype(np.float32)})[0] for image in images])
        out = np.minimum.accumulate(out, 1)
        grade = (out >= 0.5).sum(1)
        s = out[:, 1]
        print(
            f"{path}: AUC {auc(s, positive):.3f}, at {threshold} sensitivity {(s[positive] >= threshold).mean():.3f} "
            f"specificity {(s[~positive] < threshold).mean():.3f}, accuracy {(grade == grades).mean():.3f}, kappa {kappa(grades, grade):.3f}, "
            f"mean score by grade {[round(float(s[grades == g].mean()), 2) for g in range(5)]}"
        )


if __name__ == "__main__":
    main()
