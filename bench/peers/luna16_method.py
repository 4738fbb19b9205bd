"""
The LUNA16 evaluation by its rules (Setio et al. 2017; rules 1 to 10 of the oracle's README), the way the published script
goes about it: rows by csv, findings and marks as objects, the table searched once a scan, every mark against every finding of
its scan, and in each bootstrap replicate the list of marks grown scan by scan, a ROC of it, and interpolation on a grid.
`joined_at_once` is the same with the replicate's list joined and filtered in whole arrays.
"""

import csv
import gzip
import os
import time

import numpy as np
from sklearn.metrics import roc_curve


class Finding:
    def __init__(self, x, y, z, diameter=None, score=None):
        self.x, self.y, self.z = float(x), float(y), float(z)
        self.diameter = None if diameter is None else float(diameter)
        self.score = None if score is None else float(score)


def rows_of(path):
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path, encoding="utf-8")
    with opened as lines:
        return list(csv.reader(lines))


def findings_of(rows, scans, numbers):
    """All rows of each scan, found by going through the whole table once a scan, as the script does."""
    by_scan = {}
    for scan in scans:
        by_scan[scan] = [Finding(*(row[at] for at in numbers)) for row in rows if row[0] == scan]
    return by_scan


def read(folder):
    scans = [row[0] for row in rows_of(os.path.join(folder, "seriesuids.csv"))]
    included = findings_of(rows_of(os.path.join(folder, "annotations.csv"))[1:], scans, (1, 2, 3, 4))
    excluded = findings_of(rows_of(os.path.join(folder, "annotations_excluded.csv.gz"))[1:], scans, (1, 2, 3, 4))
    marks = {scan: [] for scan in scans}
    for row in rows_of(os.path.join(folder, "marks-dpn3d26.csv.gz"))[1:]:
        if row[0] in marks:
            marks[row[0]].append(Finding(row[1], row[2], row[3], None, row[4]))
    return scans, included, excluded, marks


def capped(marks, most=100):
    if len(marks) <= most:
        return marks
    cut = sorted((mark.score for mark in marks), reverse=True)[most]
    return [mark for mark in marks if mark.score > cut]


def inside(mark, finding):
    diameter = finding.diameter if finding.diameter >= 0 else 10.0
    squared = (mark.x - finding.x) ** 2 + (mark.y - finding.y) ** 2 + (mark.z - finding.z) ** 2
    return squared < (diameter / 2) ** 2


def match(scans, included, excluded, marks):
    """Labels and scores of the FROC list by scan; -1e9 is a nodule that no mark hits."""
    lists = {}
    for scan in scans:
        left = dict(enumerate(capped(marks[scan])))
        rows = []
        for nodule in included[scan]:
            hits = [at for at, mark in left.items() if inside(mark, nodule)]
            if hits:
                rows.append((1, max(left[at].score for at in hits), False))
            else:
                rows.append((1, -1e9, True))
            for at in hits:
                del left[at]
        for finding in excluded[scan]:
            for at in [at for at, mark in left.items() if inside(mark, finding)]:
                del left[at]
        rows.extend((0, mark.score, False) for mark in left.values())
        lists[scan] = rows
    return lists


def froc(sample, scans):
    """Rates of false positives and sensitivities of three lists: labels, scores, missed; mark by mark, as the script."""
    labels, scores = [], []
    for at in range(len(sample[0])):
        if not sample[2][at]:
            labels.append(sample[0][at])
            scores.append(sample[1][at])
    return curve(labels, scores, sum(sample[0]), scans)


def curve(labels, scores, nodules, scans):
    found = np.sum(labels)
    false_rate, true_rate, _ = roc_curve(labels, scores)
    return false_rate * (len(labels) - found) / scans, true_rate * found / nodules


def evaluate(folder, limits, replicates, joined_at_once=False):
    """Sensitivities at the limits; `scaled seconds` is the CPU time of the whole with 1,000 replicates."""
    start = time.process_time()
    scans, included, excluded, marks = read(folder)
    lists = match(scans, included, excluded, marks)
    rate, sensitivity = froc(list(zip(*(row for scan in scans for row in lists[scan]))), len(scans))
    answer = {f"at {limit:g}": float(np.interp(limit, rate, sensitivity)) for limit in limits}
    once = time.process_time() - start
    grid = np.linspace(0.125, 8, 10001)
    # By scan: labels, scores and whether the nodule was missed, one column a mark.
    columns = {scan: np.array(lists[scan], dtype=float).reshape(-1, 3).T for scan in scans}
    random = np.random.default_rng(1)
    curves = np.zeros((replicates, len(grid)), dtype=np.float32)
    start = time.process_time()
    for replicate in range(replicates):
        drawn = [scans[at] for at in random.integers(0, len(scans), len(scans))]
        if joined_at_once:
            sample = np.concatenate([columns[scan] for scan in drawn], axis=1)
            shown = sample[:2, sample[2] == 0]
            rate, sensitivity = curve(shown[0], shown[1], sample[0].sum(), len(scans))
        else:
            sample = np.copy(columns[drawn[0]])
            for scan in drawn[1:]:
                sample = np.concatenate((sample, columns[scan]), axis=1)
            rate, sensitivity = froc(sample, len(scans))
        curves[replicate] = np.interp(grid, rate, sensitivity)
    answer["scaled seconds"] = once + (time.process_time() - start) * 1000 / replicates
    return answer
