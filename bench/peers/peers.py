"""
Peers in Python, one task a process: python peers.py <task> <folder of inputs>.
Prints what it answers as one line of JSON, then, for every line "go <count>" read, the CPU time of that many runs.
A task that is too slow to run whole does a share of the work, and says which share.
"""

import json
import os
import sys
import time

TASK, FOLDER = sys.argv[1:3]
SETTINGS = json.load(open(os.path.join(FOLDER, "settings.json"), encoding="utf-8"))


def numbers(name, kind):
    import numpy as np

    return np.fromfile(os.path.join(FOLDER, name), dtype=kind)


def labels_and_scores():
    return numbers("labels.i4", "<i4"), numbers("scores.f8", "<f8")


def quickest(jobs):
    """The job that takes the least time on these inputs: a peer is measured at its best."""
    times = []
    for job in jobs:
        job()
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return jobs[times.index(min(times))]


def auc_numpy():
    """DeLong's variance from placements, in the two ways that numpy offers; the quicker one is timed."""
    import numpy as np

    labels, scores = labels_and_scores()

    def by_search():
        positive = labels == 1
        x, y = np.sort(scores[positive]), np.sort(scores[~positive])
        m, n = len(x), len(y)
        v10 = (np.searchsorted(y, x, "left") + np.searchsorted(y, x, "right")) / (2 * n)
        v01 = 1 - (np.searchsorted(x, y, "left") + np.searchsorted(x, y, "right")) / (2 * m)
        return {"auc": v10.mean(), "variance": v10.var(ddof=1) / m + v01.var(ddof=1) / n}

    def by_midranks():
        order = np.argsort(scores)
        value, positive = scores[order], labels[order]
        ends = np.flatnonzero(np.concatenate((value[1:] != value[:-1], [True])))
        above, below = np.cumsum(positive)[ends], None
        below = ends + 1 - above
        m, n = int(above[-1]), int(below[-1])
        tied_x, tied_y = np.diff(above, prepend=0), np.diff(below, prepend=0)
        v10 = (below - tied_y / 2) / n
        v01 = (m - above + tied_x / 2) / m
        auc = (tied_x * v10).sum() / m
        s10 = (tied_x * (v10 - auc) ** 2).sum() / (m - 1)
        s01 = (tied_y * (v01 - auc) ** 2).sum() / (n - 1)
        return {"auc": auc, "variance": s10 / m + s01 / n}

    return {"numpy": np.__version__}, quickest([by_search, by_midranks]), 1


def auc_sklearn():
    import sklearn
    from sklearn.metrics import roc_auc_score

    labels, scores = labels_and_scores()
    return {"scikit-learn": sklearn.__version__}, lambda: {"auc": roc_auc_score(labels, scores)}, 1


def clusters_sklearn():
    """The rows of the drawn patients, gathered, and scikit-learn's AUC of them: 20 of the 2,000 replicates."""
    import numpy as np
    import sklearn
    from sklearn.metrics import roc_auc_score

    labels, scores = labels_and_scores()
    patients = numbers("patients.i4", "<i4")

    def job(replicates=20):
        random = np.random.default_rng(1)
        names = np.unique(patients)
        order = np.argsort(patients, kind="stable")
        rows = np.split(order, np.flatnonzero(np.diff(patients[order])) + 1)
        values = np.empty(replicates)
        for replicate in range(replicates):
            drawn = random.integers(0, len(names), len(names))
            chosen = np.concatenate([rows[patient] for patient in drawn])
            values[replicate] = roc_auc_score(labels[chosen], scores[chosen])
        return {"auc": roc_auc_score(labels, scores), "rough se": values.std(ddof=1)}

    return {"scikit-learn": sklearn.__version__}, job, 20 / 2000


def clusters_numpy():
    """Sorted once; a replicate is how often each patient is drawn, and a running sum. For scores without ties."""
    import numpy as np

    labels, scores = labels_and_scores()
    patients = numbers("patients.i4", "<i4")

    def job(replicates=2000):
        random = np.random.Generator(np.random.SFC64(1))
        order = np.argsort(scores)
        of, positive = patients[order], labels[order].astype(np.float64)
        count = int(patients.max()) + 1
        values = np.empty(replicates)
        for replicate in range(replicates):
            weight = np.bincount(random.integers(0, count, count), minlength=count)[of]
            above = weight * positive
            below = np.cumsum(weight - above)
            values[replicate] = (above @ below) / (above.sum() * below[-1])
        ones = 1 - positive
        auc = (positive @ np.cumsum(ones)) / (positive.sum() * ones.sum())
        low, high = np.percentile(values, [2.5, 97.5])
        return {"auc": auc, "se": values.std(ddof=1), "low": low, "high": high}

    return {"numpy": np.__version__}, job, 1


def froc_numpy():
    import numpy as np

    score, found = numbers("mark-score.f8", "<f8"), numbers("mark-found.i4", "<i4")
    limits = np.array(SETTINGS["limits"])

    def job():
        order = np.argsort(-score)
        value, hit = score[order], found[order]
        ends = np.flatnonzero(np.concatenate((value[1:] != value[:-1], [True])))
        hits = np.cumsum(hit)[ends]
        rate = (ends + 1 - hits) / SETTINGS["cases"]
        place = np.searchsorted(rate, limits, "right")
        sensitivity = np.concatenate(([0], hits / SETTINGS["lesions"]))[place]
        return {f"at {limit:g}": value for limit, value in zip(SETTINGS["limits"], sensitivity)}

    return {"numpy": np.__version__}, job, 1


def froc_picai():
    from importlib.metadata import version

    import numpy as np
    from picai_eval.metrics import Metrics

    score, found = numbers("mark-score.f8", "<f8"), numbers("mark-found.i4", "<i4")
    of = numbers("mark-case.i4", "<i4")
    results = {f"{case:05d}": [] for case in range(SETTINGS["cases"])}
    for case, value, hit in zip(of.tolist(), score.tolist(), found.tolist()):
        results[f"{case:05d}"].append((hit, value, float(hit)))
    for missed in range(SETTINGS["lesions"] - int(found.sum())):
        results[f"{missed % SETTINGS['cases']:05d}"].append((1, 0.0, 0.0))

    def job():
        metrics = Metrics(lesion_results=results)
        rate, sensitivity = metrics.lesion_FPR, metrics.lesion_TPR
        # A missed lesion has the score 0, the last threshold: the curve is read without it.
        shown = metrics.thresholds > 0
        rate, sensitivity = rate[shown], sensitivity[shown]
        return {
            f"at {limit:g}": max(sensitivity[rate <= limit], default=0.0) for limit in SETTINGS["limits"]
        }

    return {"picai_eval": version("picai_eval")}, job, 1


def froc_monai():
    from importlib.metadata import version

    import numpy as np
    from monai.metrics import compute_froc_curve_data

    score, found = numbers("mark-score.f8", "<f8"), numbers("mark-found.i4", "<i4")
    limits = SETTINGS["limits"]

    def job():
        rate, sensitivity = compute_froc_curve_data(
            score[found == 0], score[found == 1], SETTINGS["lesions"], SETTINGS["cases"]
        )
        return {f"at {limit:g}": float(np.max(np.asarray(sensitivity)[np.asarray(rate) <= limit])) for limit in limits}

    return {"MONAI": version("monai")}, job, 1


def luna16(replicates, joined_at_once):
    import numpy as np
    from luna16_method import evaluate

    return (
        {"numpy": np.__version__},
        lambda: evaluate(SETTINGS["lists"], SETTINGS["limits"], replicates, joined_at_once),
        None,
    )


def luna16_script():
    return luna16(3, False)


def luna16_joined():
    return luna16(10, True)


def mn_statsmodels():
    import statsmodels
    from statsmodels.stats.proportion import confint_proportions_2indep

    counts = numbers("counts.i4", "<i4").reshape(-1, 4)

    def job(tables=20):
        total = 0.0
        for x1, n1, x2, n2 in counts[:tables].tolist():
            low, high = confint_proportions_2indep(x1, n1, x2, n2, method="score", compare="diff", correction=True)
            total += low + 2 * high
        return {}

    return {"statsmodels": statsmodels.__version__}, job, 20 / len(counts)


def masks():
    shape = SETTINGS["shape"]
    return [numbers(name, "u1").reshape(shape).astype(bool) for name in ("reference.u1", "prediction.u1")]


def segmentation_monai():
    from importlib.metadata import version

    import torch
    from monai.metrics import (
        compute_average_surface_distance,
        compute_hausdorff_distance,
        compute_surface_dice,
    )

    torch.set_num_threads(1)
    reference, prediction = (torch.from_numpy(mask)[None, None] for mask in masks())
    spacing = SETTINGS["spacing"]

    def job():
        pair = {"y_pred": prediction, "y": reference, "include_background": True, "spacing": spacing}
        hd95 = compute_hausdorff_distance(**pair, percentile=95)
        assd = compute_average_surface_distance(**pair, symmetric=True)
        nsd = compute_surface_dice(**pair, class_thresholds=[2.0])
        return {"hd95": float(hd95), "assd": float(assd), "nsd": float(nsd)}

    return {"MONAI": version("monai"), "torch": torch.__version__}, job, 1


def segmentation_surface_distance():
    from importlib.metadata import version

    import surface_distance

    reference, prediction = masks()
    spacing = SETTINGS["spacing"]

    def job():
        distances = surface_distance.compute_surface_distances(reference, prediction, spacing)
        surface_distance.compute_robust_hausdorff(distances, 95)
        surface_distance.compute_average_surface_distance(distances)
        surface_distance.compute_surface_dice_at_tolerance(distances, 2)
        return {}

    return {"surface-distance": version("surface-distance")}, job, 1


def segmentation_medpy():
    from importlib.metadata import version

    from medpy.metric.binary import assd, hd95

    reference, prediction = masks()
    spacing = SETTINGS["spacing"]

    def job():
        # Its HD95 is the percentile of both directions pooled: another number.
        hd95(prediction, reference, spacing)
        return {"rough assd": assd(prediction, reference, spacing)}

    return {"medpy": version("medpy")}, job, 1


def segmentation_scipy():
    """Both exact distance maps in the joint box, as a careful person writes it."""
    import numpy as np
    import scipy
    from scipy.ndimage import binary_erosion, distance_transform_edt

    reference, prediction = masks()
    spacing = SETTINGS["spacing"]

    def job():
        where = np.argwhere(reference | prediction)
        box = tuple(slice(max(0, low - 1), high + 2) for low, high in zip(where.min(0), where.max(0)))
        a, b = reference[box], prediction[box]
        edge_a, edge_b = a & ~binary_erosion(a), b & ~binary_erosion(b)
        to_b = distance_transform_edt(~edge_b, sampling=spacing)[edge_a]
        to_a = distance_transform_edt(~edge_a, sampling=spacing)[edge_b]
        both = np.concatenate((to_a, to_b))
        return {
            "hd95": max(np.percentile(to_a, 95), np.percentile(to_b, 95)),
            "assd": both.mean(),
            "nsd": (both <= 2).mean(),
        }

    return {"scipy": scipy.__version__}, job, 1


def segmentation_metrics_reloaded():
    """The package where there is a checkout of it (PyPI has none), else its steps: both maps in the whole volume, kept for all."""
    try:
        from MetricsReloaded._version import __version__
        from MetricsReloaded.metrics.pairwise_measures import BinaryPairwiseMeasures
    except ModuleNotFoundError as error:
        if error.name != "MetricsReloaded":
            raise
        return metrics_reloaded_steps()

    reference, prediction = (mask.astype("int8") for mask in masks())

    def job():
        # One object for the three numbers: it keeps its distance maps.
        pair = BinaryPairwiseMeasures(prediction, reference, pixdim=SETTINGS["spacing"], dict_args={"hd_perc": 95, "nsd": 2})
        return {
            "hd95": pair.measured_hausdorff_distance_perc(),
            "assd": pair.measured_average_distance(),
            "nsd": pair.normalised_surface_distance(),
        }

    return {"MetricsReloaded": __version__}, job, 1


def metrics_reloaded_steps():
    import numpy as np
    import scipy
    from scipy.ndimage import binary_erosion, distance_transform_edt

    pair = [mask.astype("int8") for mask in masks()]

    def job():
        edges = [mask - binary_erosion(mask) for mask in pair]
        maps = [distance_transform_edt(1 - edge, sampling=SETTINGS["spacing"]) for edge in edges]
        to_reference, to_prediction = edges[1] * maps[0], edges[0] * maps[1]
        surface = edges[0].sum() + edges[1].sum()
        near = sum((edge * (to <= 2)).sum() for edge, to in ((edges[1], to_reference), (edges[0], to_prediction)))
        return {
            "hd95": max(np.percentile(to_reference[edges[1] > 0], 95), np.percentile(to_prediction[edges[0] > 0], 95)),
            "assd": (to_reference.sum() + to_prediction.sum()) / surface,
            "nsd": near / surface,
        }

    return {"steps of MetricsReloaded, scipy": scipy.__version__}, job, 1


def say(document):
    print(json.dumps(document), flush=True)


def main():
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    try:
        versions, job, share = globals()[TASK.replace("-", "_")]()
    except ImportError as error:
        say({"missing": f"not here: {error}"})
        return
    start = time.process_time()
    answer = job()
    first = time.process_time() - start
    # A job without a share of its own says what of its time stands for more than it did.
    scaled = answer.pop("scaled seconds", None)
    answer = {name: float(value) for name, value in answer.items()}
    version = ", ".join(f"{name} {number}" for name, number in versions.items())
    say({"version": version, "answer": answer, "first": first, "share": share or 1})
    for line in sys.stdin:
        count = int(line.split()[1])
        start = time.process_time()
        total = 0.0
        for _ in range(count):
            answer = job()
            if scaled is not None:
                total += answer["scaled seconds"]
        seconds = time.process_time() - start
        say({"seconds": total if scaled is not None else seconds})


main()
