"""The lung nodule test written plainly: one process, one case after the other.

Usage: python evaluate_detector.py <test set with open truth> <submission folder> <output folder>
Needs pydicom, numpy, scipy, onnxruntime, pyyaml. Reads index.json, each DICOM series, preprocesses as submission.yaml
declares, infers, decodes the centre map, matches one to one, and prints metrics with a patient bootstrap.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import pydicom
import yaml
from scipy import ndimage

started = time.perf_counter()
REPLICATES = 2000
LIMITS = [0.125, 0.25, 0.5, 1, 2, 4, 8]


def read_series(folder, files):
    """Volume [z, y, x] in HU, origin, and the steps along x, y, z (rows of a 3 x 3 array), LPS mm."""
    slices = [pydicom.dcmread(folder / entry["path"]) for entry in files]
    orientation = np.array(slices[0].ImageOrientationPatient, dtype=float)
    normal = np.cross(orientation[:3], orientation[3:])
    slices.sort(key=lambda s: float(np.dot(np.array(s.ImagePositionPatient, dtype=float), normal)))
    volume = np.stack(
        [s.pixel_array.astype(np.float32) * float(s.RescaleSlope) + float(s.RescaleIntercept) for s in slices]
    )
    first = np.array(slices[0].ImagePositionPatient, dtype=float)
    last = np.array(slices[-1].ImagePositionPatient, dtype=float)
    row_spacing, column_spacing = (float(v) for v in slices[0].PixelSpacing)
    steps = np.array(
        [orientation[:3] * column_spacing, orientation[3:] * row_spacing, (last - first) / (len(slices) - 1)]
    )
    return volume, first, steps


def lung_box(volume, origin, steps, p):
    spacing = np.linalg.norm(steps, axis=1)[::-1]  # z, y, x
    step = [max(1, math.floor(p["samplingMm"] / s + 0.5)) for s in spacing]
    first = [n // 2 for n in step]
    air = volume[first[0] :: step[0], first[1] :: step[1], first[2] :: step[2]] < p["airBelow"]
    for k in range(air.shape[0]):
        labels, _ = ndimage.label(air[k])
        border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
        air[k] &= ~np.isin(labels, border[border > 0])
    labels, count = ndimage.label(air)
    if count == 0:
        return volume, origin
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    ml = float(np.prod(spacing * step)) / 1000
    large = np.flatnonzero((sizes > p["minimumMl"] / ml))
    large = large[sizes[large] > p["minimumShare"] * sizes.max()]
    if large.size == 0:
        return volume, origin
    where = np.argwhere(np.isin(labels, large))
    low, high = where.min(axis=0), where.max(axis=0)
    cut = []
    for axis in range(3):
        margin = math.ceil(p["marginMm"] / spacing[axis])
        cut.append(
            slice(
                max(0, int(low[axis]) * step[axis] - margin),
                min(volume.shape[axis], (int(high[axis]) + 1) * step[axis] + margin),
            )
        )
    start = np.array([cut[2].start, cut[1].start, cut[0].start])
    return volume[tuple(cut)], origin + start @ steps


def axis_weights(n, m, s, t):
    weights = np.zeros((m, n))
    for o in range(m):
        if s < t:
            low, high = o * t / s, min(n, (o + 1) * t / s)
            for i in range(math.floor(low), min(n, math.ceil(high))):
                weights[o, i] = max(0.0, min(high, i + 1) - max(low, i))
            weights[o] /= weights[o].sum()
        else:
            place = min(n - 1, max(0.0, (o + 0.5) * t / s - 0.5))
            i = min(n - 1, math.floor(place))
            weights[o, i] = 1 - (place - i)
            if i + 1 < n:
                weights[o, i + 1] = place - i
    return weights


def resample(volume, origin, steps, p):
    origin, steps = origin.copy(), steps.copy()
    for axis, wanted in zip((2, 1, 0), reversed(p["spacingMm"])):  # slices, rows, columns
        s = float(np.linalg.norm(steps[axis]))
        if abs(s - wanted) <= 1e-6 * wanted:
            continue
        place = 2 - axis  # numpy axis
        n = volume.shape[place]
        m = max(1, math.floor(n * s / wanted + 0.5))
        weights = axis_weights(n, m, s, wanted)
        volume = np.moveaxis(np.tensordot(weights, volume, axes=(1, place)), 0, place).astype(np.float32)
        ratio = wanted / s
        origin = origin + (0.5 * ratio - 0.5) * steps[axis]
        steps[axis] *= ratio
    return volume, origin, steps


def preprocess(volume, origin, steps, operations):
    for p in operations:
        if p["op"] == "lung-box":
            volume, origin = lung_box(volume, origin, steps, p)
        elif p["op"] == "resample-grid":
            volume, origin, steps = resample(volume, origin, steps, p)
        elif p["op"] == "window-intensity":
            gain = (p["toHigh"] - p["toLow"]) / (p["high"] - p["low"])
            volume = (p["toLow"] + (np.clip(volume, p["low"], p["high"]) - p["low"]) * gain).astype(np.float32)
        elif p["op"] == "pad-grid":
            sides = [math.ceil(max(n, p["minimum"]) / p["multipleOf"]) * p["multipleOf"] for n in volume.shape]
            padding = [(0, side - n) for side, n in zip(sides, volume.shape)]
            volume = np.pad(volume, padding, constant_values=p["value"])
        else:
            raise SystemExit(f"operation {p['op']} is not written here")
    return volume, origin, steps


def decode(answer, shape, origin, steps, p):
    probability, size, offsets = answer[0, 0], answer[0, 1], answer[0, 2:5]
    peak = (probability >= p["floor"]) & (probability == ndimage.maximum_filter(probability, size=3, mode="nearest"))
    found = sorted(((float(probability[tuple(c)]), *map(int, c)) for c in np.argwhere(peak)), reverse=True)
    stride, taken = p["stride"], []
    for score, k, j, i in found:
        if len(taken) >= p["maxCandidates"]:
            break
        place = np.array(
            [stride * c + (stride - 1) / 2 + stride * np.clip(offsets[a, k, j, i], -1, 1) for a, c in enumerate((i, j, k))]
        )
        if any(v < -0.5 or v > n - 0.5 for v, n in zip(place, shape[::-1])):
            continue
        centre = origin + place @ steps
        diameter = float(np.clip(p["referenceMm"] * math.exp(size[k, j, i]), 2, 60))
        near = any(np.linalg.norm(centre - c) < max(p["suppressionMm"], d / 2) for c, d, _ in taken)
        if not near:
            taken.append((centre, diameter, score))
    return taken


def match(lesions, candidates):
    """Scores of the lesions (-inf: missed) and of the false positives; one to one from the highest score on."""
    scores, alarms = [-math.inf] * len(lesions), []
    for centre, _, score in sorted(candidates, key=lambda c: -c[2]):
        hits = [n for n, (at, diameter) in enumerate(lesions) if np.linalg.norm(centre - at) <= diameter / 2]
        if not hits:
            alarms.append(score)
        free = [n for n in hits if scores[n] == -math.inf]
        if free:
            scores[free[0]] = score
    return scores, alarms


def froc(lesions, alarms, cases, weights):
    """Sensitivities at the limits when patient i counts weights[i] times."""
    lesion_patient, lesion_score = lesions
    alarm_patient, alarm_score = alarms
    total, n = weights[lesion_patient].sum(), weights[cases].sum()
    order = np.argsort(-alarm_score, kind="stable")
    counts = np.cumsum(weights[alarm_patient][order])
    values = []
    for limit in LIMITS:
        over = np.flatnonzero(counts / n > limit)
        threshold = alarm_score[order][over[0]] if over.size else -math.inf
        values.append(weights[lesion_patient][lesion_score > threshold].sum() / total if total else math.nan)
    return values


def main(dataset, submission, out):
    dataset, submission, out = Path(dataset), Path(submission), Path(out)
    index = json.loads((dataset / "index.json").read_text())
    reference = {}
    for line in (dataset / "truth" / "reference.jsonl").read_text().splitlines():
        row = json.loads(line)
        reference[row["case"]] = [
            (np.array(f["geometry"]["center"]), f.get("attributes", {}).get("diameterMm", f["geometry"]["diameterMm"]))
            for f in row.get("findings", [])
        ]
    manifest = yaml.safe_load((submission / "submission.yaml").read_text())
    declared = manifest["inputs"][0]
    session = onnxruntime.InferenceSession(str(submission / manifest["model"]["file"]), providers=["CPUExecutionProvider"])
    parts = {"read": 0.0, "preprocess": 0.0, "infer": 0.0, "decode": 0.0, "metrics": 0.0}
    clock = time.perf_counter

    patients, rows, predictions = {}, [], []
    for case in index["cases"]:
        t0 = clock()
        volume, origin, steps = read_series(dataset, case["files"])
        t1 = clock()
        volume, origin, steps = preprocess(volume, origin, steps, declared["preprocess"])
        t2 = clock()
        answer = session.run([manifest["outputs"][0]["name"]], {declared["name"]: volume[None, None]})[0]
        t3 = clock()
        candidates = decode(answer, volume.shape, origin, steps, manifest["postprocess"][0])
        t4 = clock()
        for name, seconds in zip(parts, (t1 - t0, t2 - t1, t3 - t2, t4 - t3)):
            parts[name] += seconds
        patient = patients.setdefault(case["patient"], len(patients))
        lesions = [lesion for lesion in reference[case["id"]] if lesion[1] >= 3]
        rows.append((patient, *match(lesions, candidates)))
        predictions.append({"case": case["id"], "findings": [[*c.tolist(), d, s] for c, d, s in candidates]})

    t0 = clock()
    threshold = manifest["operatingPoint"]["threshold"]
    cases = np.array([patient for patient, _, _ in rows])
    lesion_patient = np.array([p for p, scores, _ in rows for _ in scores], dtype=int)
    lesion_score = np.array([s for _, scores, _ in rows for s in scores])
    alarm_patient = np.array([p for p, _, alarms in rows for _ in alarms], dtype=int)
    alarm_score = np.array([s for _, _, alarms in rows for s in alarms])
    pair = (lesion_patient, lesion_score), (alarm_patient, alarm_score), cases
    rng = np.random.default_rng(1)
    draws = []
    for _ in range(REPLICATES):
        weights = np.bincount(rng.integers(0, len(patients), len(patients)), minlength=len(patients))
        lesions, n = weights[lesion_patient].sum(), weights[cases].sum()
        draws.append(
            [
                weights[lesion_patient][lesion_score >= threshold].sum() / lesions if lesions else math.nan,
                weights[alarm_patient][alarm_score >= threshold].sum() / n,
                *froc(*pair, weights),
            ]
        )
    ones = np.ones(len(patients), dtype=int)
    estimates = [
        float((lesion_score >= threshold).mean()),
        float((alarm_score >= threshold).sum() / len(rows)),
        *map(float, froc(*pair, ones)),
    ]
    low, high = np.nanpercentile(np.array(draws), [2.5, 97.5], axis=0)
    parts["metrics"] = clock() - t0
    out.mkdir(parents=True, exist_ok=True)
    (out / "predictions.json").write_text(json.dumps(predictions))
    names = ["lesion-sensitivity", "false-positives-per-case", *(f"froc-sensitivity@{limit}" for limit in LIMITS)]
    print(
        json.dumps(
            {
                "cases": len(rows),
                "seconds": clock() - started,
                "parts": parts,
                "metrics": {n: [e, float(a), float(b)] for n, e, a, b in zip(names, estimates, low, high)},
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
