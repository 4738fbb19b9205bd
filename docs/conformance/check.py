"""Works out every expected value of the conformance cases from the definitions in README.md, without medassay.

Plain Python 3, standard library only, written for clearness and not for speed: matchings are searched at every
threshold, areas are sums over all pairs, surfaces are compared point by point.

    python3 docs/conformance/check.py            # exit code 1 if a value differs
"""

import json
import math
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path


class NotEstimable(Exception):
    """There is no number; the argument is the reason."""


# Detection ------------------------------------------------------------------------------------------------------------


def hit_quality(mark, finding, rule):
    """How well a mark hits a finding; None where it does not."""
    if rule["hit"] == "iou":
        a, b = mark["box"], finding["box"]
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
        common = width * height
        iou = common / (area(a) + area(b) - common)
        return iou if iou >= rule["leastIou"] else None
    squared = sum((x - y) ** 2 for x, y in zip(mark["at"], finding["at"]))
    radius = max(finding["diameter"] / 2, rule["leastRadius"])
    inside = squared <= radius**2 if rule["border"] == "hit" else squared < radius**2
    return 1 - math.sqrt(squared) / radius if inside else None


def largest_matching(edges):
    """Size of the largest set of pairs (mark, lesion) without a mark or lesion in common; tries every choice."""
    if not edges:
        return 0
    (mark, lesions), rest = edges[0], edges[1:]
    best = largest_matching(rest)
    for lesion in lesions:
        best = max(best, 1 + largest_matching([(m, [l for l in ls if l != lesion]) for m, ls in rest]))
    return best


def read_sheet(given):
    """Per case: scores of the lesions (None: missed), of the false positives, and what became of the other marks."""
    rule, sheets = given["rule"], []
    for mark in given["marks"]:
        for value in mark.get("at", mark.get("box")):
            if not math.isfinite(float(value)):
                return "non-finite-coordinate"
        if not math.isfinite(float(mark["score"])):
            return "non-finite-score"
        if not 0 <= mark["case"] < given["cases"]:
            return "unknown-case"
    for number in range(given["cases"]):
        of = lambda rows: [row for row in rows if row["case"] == number]
        lesions, excluded, marks = of(given["lesions"]), of(given["excluded"]), of(given["marks"])
        hits = [[i for i, lesion in enumerate(lesions) if hit_quality(mark, lesion, rule) is not None] for mark in marks]
        ignored = [
            not hit and any(hit_quality(mark, finding, rule) is not None for finding in excluded)
            for mark, hit in zip(marks, hits)
        ]
        thresholds = sorted({mark["score"] for mark in marks}, reverse=True)
        scores, duplicates = [None] * len(lesions), []
        if rule["assignment"] == "one-to-one":
            found = 0
            for threshold in thresholds:
                shown = [(i, hits[i]) for i, mark in enumerate(marks) if mark["score"] >= threshold]
                now = largest_matching(shown)
                for lesion in range(found, now):
                    scores[lesion] = threshold  # which lesion it is makes no difference to any number asked for
                new = [i for i, mark in enumerate(marks) if mark["score"] == threshold and hits[i]]
                duplicates += [threshold] * (len(new) - (now - found))
                found = now
        elif rule["assignment"] == "hit-rule":
            for i in range(len(lesions)):
                inside = [mark["score"] for mark, hit in zip(marks, hits) if i in hit]
                scores[i] = max(inside, default=None)
                duplicates += sorted(inside)[:-1]
        else:
            for i in sorted(range(len(marks)), key=lambda i: -marks[i]["score"]):
                free = [lesion for lesion in hits[i] if scores[lesion] is None]
                if free:
                    best = max(free, key=lambda lesion: (hit_quality(marks[i], lesions[lesion], rule), lesion))
                    scores[best] = marks[i]["score"]
                elif hits[i]:
                    duplicates.append(marks[i]["score"])
        false = [mark["score"] for mark, hit, out in zip(marks, hits, ignored) if not hit and not out]
        if rule["duplicates"] == "false-positive":
            false, duplicates = false + duplicates, []
        counted = [(mark["score"], bool(hit)) for mark, hit, out in zip(marks, hits, ignored) if not out]
        top = max((score for score, _ in counted), default=None)
        sheets.append(
            {
                "lesions": scores,
                "false": false,
                "duplicates": len(duplicates),
                "ignored": sum(ignored),
                "top": top,
                "topOnLesion": top is not None and all(hit for score, hit in counted if score == top),
            }
        )
    return sheets


def above(a, b):
    """1 if a ranks above b, 1/2 if they tie; None ranks below everything."""
    low = lambda value: -math.inf if value is None else value
    return Fraction(1) if low(a) > low(b) else Fraction(1, 2) if low(a) == low(b) else Fraction(0)


def mean(values):
    values = list(values)
    return sum(values, Fraction(0)) / len(values)


def detection(given, key, argument=None):
    sheets = read_sheet(given)
    if key == "error":
        return sheets
    lesions = [score for sheet in sheets for score in sheet["lesions"]]
    false = [score for sheet in sheets for score in sheet["false"]]
    found = [score for score in lesions if score is not None]
    thresholds = sorted(set(found + false), reverse=True)
    count = lambda scores, threshold: sum(score >= threshold for score in scores)
    curve = [(0, 0, None)] + [(count(found, t), count(false, t), t) for t in thresholds]
    cases, normal = len(sheets), [sheet for sheet in sheets if not sheet["lesions"]]
    abnormal = [sheet for sheet in sheets if sheet["lesions"]]

    def need(condition, reason):
        if not condition:
            raise NotEstimable(reason)

    counts = {
        "truePositives": len(found),
        "falseNegatives": len(lesions) - len(found),
        "falsePositives": len(false),
        "duplicates": sum(sheet["duplicates"] for sheet in sheets),
        "ignored": sum(sheet["ignored"] for sheet in sheets),
    }
    if key in counts:
        return counts[key]
    if key == "curve":
        return [list(point) for point in curve]
    need(cases, "no-data")
    if key == "limitReached":
        return len(false) / cases >= argument
    if key == "falsePositivesPerCase":
        return Fraction(len(false), cases)
    if key == "falsePositivesPerNormalCase":
        need(normal, "no-negatives")
        return Fraction(sum(len(sheet["false"]) for sheet in normal), len(normal))
    if key == "precision":
        need(found or false, "zero-denominator")
        return Fraction(len(found), len(found) + len(false))
    need(lesions, "no-positives")
    at = lambda limit: max(Fraction(tp, len(lesions)) for tp, fp, _ in curve if fp / cases <= limit)
    if key == "sensitivityAt":
        return at(argument)
    if key == "frocScore":
        return mean(at(limit) for limit in given["limits"])
    if key == "meanSensitivityUpTo":
        end, area = Fraction(argument), Fraction(0)
        ends = [Fraction(fp, cases) for _, fp, _ in curve[1:]] + [end]
        for (tp, fp, _), right in zip(curve, ends):
            left = Fraction(fp, cases)
            if left < end:
                area += (min(right, end) - left) * Fraction(tp, len(lesions))
        return area / end
    if key == "f1":
        return Fraction(2 * len(found), len(found) + len(false) + len(lesions))
    steps = [(b[0] - a[0], Fraction(b[0], b[0] + b[1])) for a, b in zip(curve, curve[1:])]
    if key == "averagePrecision":
        return sum((Fraction(rise, len(lesions)) * precision for rise, precision in steps), Fraction(0))
    envelope = [(tp, max(p for _, p in steps[i:])) for i, (tp, _, _) in enumerate(curve[1:])]
    if key == "averagePrecisionEnvelope":
        return sum((Fraction(s[0], len(lesions)) * e[1] for s, e in zip(steps, envelope)), Fraction(0))
    if key == "averagePrecision101":
        recalls = [Fraction(i, 100) for i in range(101)]
        reach = lambda r: next((p for tp, p in envelope if Fraction(tp, len(lesions)) >= r), Fraction(0))
        return mean(reach(r) for r in recalls)
    top_false = lambda sheet: max(sheet["false"], default=None)
    ranked = sheets if key.endswith("1") else normal
    need(ranked or key == "fractionLocalised", "no-negatives")
    if key in ("afroc", "afroc1"):
        return mean(above(score, top_false(sheet)) for score in lesions for sheet in ranked)
    if key in ("wafroc", "wafroc1"):
        return mean(
            mean(above(score, top_false(sheet)) for score in own["lesions"]) for own in abnormal for sheet in ranked
        )
    if key == "inferredRoc":
        return mean(above(a["top"], b["top"]) for a in abnormal for b in normal)
    if key == "lroc":
        return mean(above(a["top"], b["top"]) * a["topOnLesion"] for a in abnormal for b in normal)
    if key == "fractionLocalised":
        return mean(Fraction(sheet["topOnLesion"]) for sheet in abnormal)
    raise KeyError(key)


# ROC ------------------------------------------------------------------------------------------------------------------


def roc(given, key, argument=None):
    pairs = list(zip(given["labels"], given["scores"]))
    positives = [score for label, score in pairs if label == 1]
    negatives = [score for label, score in pairs if label == 0]
    if not positives:
        raise NotEstimable("no-positives")
    if not negatives:
        raise NotEstimable("no-negatives")
    area = mean(above(a, b) for a in positives for b in negatives)
    if key == "auc":
        return area
    if len(positives) < 2 or len(negatives) < 2:
        raise NotEstimable("too-few")
    spread = lambda values: sum((value - area) ** 2 for value in values) / (len(values) - 1) / len(values)
    variance = spread([mean(above(a, b) for b in negatives) for a in positives]) + spread(
        [mean(above(a, b) for a in positives) for b in negatives]
    )
    if key == "variance":
        return variance
    if variance == 0:
        raise NotEstimable("zero-variance")
    raise KeyError(key)


# Agreement ------------------------------------------------------------------------------------------------------------


def agreement(given, key, argument=None):
    table = given["table"]
    size, total = len(table), sum(map(sum, table))
    weight = lambda i, j: Fraction((i - j) ** 2, (size - 1) ** 2) if given["weights"] == "quadratic" else Fraction(i != j)
    cells = list(product(range(size), repeat=2))
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table)]
    observed = sum(weight(i, j) * table[i][j] for i, j in cells) / Fraction(total)
    expected = sum(weight(i, j) * rows[i] * columns[j] for i, j in cells) / Fraction(total) ** 2
    if key == "observed":
        return 1 - observed
    if key == "expected":
        return 1 - expected
    if expected == 0:
        raise NotEstimable("one-category")
    return 1 - observed / expected


# Segmentation ---------------------------------------------------------------------------------------------------------


def segmentation(given, key, argument=None):
    shape, spacing = given["shape"], given["spacing"]
    places = list(product(*map(range, shape)))
    inside = lambda values: {place for place, value in zip(places, values) if value}
    reference, prediction = inside(given["reference"]), inside(given["prediction"])
    if key == "components":
        return count_components(reference, argument)
    if not reference and not prediction:
        raise NotEstimable("both-empty")
    common = len(reference & prediction)
    if key == "dice":
        return Fraction(2 * common, len(reference) + len(prediction))
    if key == "iou":
        return Fraction(common, len(reference | prediction))
    if not reference:
        raise NotEstimable("reference-empty")
    if not prediction:
        raise NotEstimable("prediction-empty")
    border = lambda mask: [p for p in mask if any(tuple(map(sum, zip(p, d))) not in mask for d in faces(len(shape)))]
    distance = lambda a, b: math.sqrt(sum(((x - y) * s) ** 2 for x, y, s in zip(a, b, spacing)))
    nearest = lambda first, second: [min(distance(p, q) for q in second) for p in first]
    there, back = nearest(border(reference), border(prediction)), nearest(border(prediction), border(reference))
    if key == "hausdorff":
        return max(there + back)
    if key == "hausdorff95":
        return max(quantile(there, 0.95), quantile(back, 0.95))
    if key == "assd":
        return (sum(there) + sum(back)) / len(there + back)
    if key == "nsd":
        return Fraction(sum(d <= given["tolerance"] + 1e-9 for d in there + back), len(there + back))
    raise KeyError(key)


def faces(axes):
    return [tuple(step if i == axis else 0 for i in range(axes)) for axis in range(axes) for step in (-1, 1)]


def quantile(values, p):
    ordered, position = sorted(values), p * (len(values) - 1)
    below = math.floor(position)
    if below == len(ordered) - 1:
        return ordered[below]
    return ordered[below] + (position - below) * (ordered[below + 1] - ordered[below])


def count_components(mask, connectivity):
    axes = len(next(iter(mask)))
    steps = [d for d in product((-1, 0, 1), repeat=axes) if any(d)]
    most = {4: 1, 8: 2, 6: 1, 18: 2, 26: 3}[connectivity]
    steps = [d for d in steps if sum(map(abs, d)) <= most]
    left, count = set(mask), 0
    while left:
        count, queue = count + 1, [left.pop()]
        while queue:
            place = queue.pop()
            for step in steps:
                other = tuple(map(sum, zip(place, step)))
                if other in left:
                    left.remove(other)
                    queue.append(other)
    return count


# Comparison -----------------------------------------------------------------------------------------------------------


def answer(kind, given, key, argument=None):
    try:
        value = {"detection": detection, "roc": roc, "agreement": agreement, "segmentation": segmentation}[kind](
            given, key, argument
        )
    except NotEstimable as reason:
        return {"reason": str(reason)}
    return float(value) if isinstance(value, Fraction) else value


def agrees(found, expected):
    if isinstance(expected, (int, float)) and not isinstance(expected, bool) and isinstance(found, (int, float)):
        return abs(found - expected) <= 1e-12 * max(1, abs(expected))
    return found == expected


def main():
    values, wrong = 0, []
    for file in sorted(Path(__file__).parent.glob("*.json")):
        document = json.loads(file.read_text("utf8"))
        for case in document["cases"]:
            for key, expected in case["expected"].items():
                many = isinstance(expected, dict) and "reason" not in expected
                number = lambda text: int(text) if text.isdigit() else float(text)
                for argument, one in expected.items() if many else [(None, expected)]:
                    found = answer(case["kind"], case["input"], key, number(argument) if many else None)
                    values += 1
                    if not agrees(found, one):
                        wrong.append(f"{file.name} {case['id']} {key} {argument or ''}: {found}, stated {one}")
    print("\n".join(wrong + [f"{values} values, {len(wrong)} differ"]))
    sys.exit(1 if wrong else 0)


main()
