"""Trains the diabetic retinopathy graders on painted photographs and writes them as ONNX.

python train.py <variant> <data folder> <out folder> [--steps n]

variant: registered | retrained | redesigned (see MODEL_CARD.md). The data folder holds easy, hard and calib (.u8 and .jsonl),
written by make-training-data.ts. Needs torch, numpy, onnx. One thread, fixed seeds.
"""

import argparse
import hashlib
import json
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

SIDE = 512

VERSIONS = {"registered": ("1.2", "1.2.0.7"), "retrained": ("1.2", "1.2.1.15"), "redesigned": ("2.0", "2.0.0.3")}

SUBMISSION = """schema: medassay/submission/1
id: dr-grading-{variant}
kind: onnx
vendor: medassay (demonstration)
task: dr-grading
product:
  name: {{ zh-CN: 糖尿病视网膜病变分级软件（演示）, en: Diabetic retinopathy grading software (demonstration) }}
  model: DRG-{major}
  version: {{ release: "{release}", complete: "{complete}" }}
  intendedUse:
    zh-CN: 仅用于演示测试流程，不得用于临床。
    en: Demonstration of the test process only; not for clinical use.
model:
  file: model.onnx
  sha256: {sha256}
inputs:
  - name: image
    dtype: float32
    shape: [1, 3, 512, 512]
    axes: [n, c, y, x]
    preprocess:
      - {{ op: to-rgb, range: 0..255 }}
      - {{ op: crop-field, threshold: 16, minimumShare: 0.02 }}
      - {{ op: resize-raster, width: 512, height: 512, convention: antialiased-bilinear }}
outputs:
  - {{ name: cumulative, dtype: float32, shape: [1, 4] }}
postprocess:
  - {{ op: decode-cumulative-grades, output: cumulative, label: icdr, referableFrom: 2, rule: count, cut: 0.5 }}
operatingPoint: {{ threshold: {threshold} }}
training:
  summary: {photographs} painted photographs of the fundus generator, {steps} steps of 8; threshold by the largest sensitivity + specificity on 240 painted calibration photographs of another seed.
  testDataUsed: false
resources: {{ memoryMb: 512, secondsPerCase: 2 }}
"""

# Which photographs, how wide, how long. registered and retrained share one graph.
VARIANTS = {
    "registered": dict(data=[("easy", 160)], widths=(8, 16, 24, 32), maps=12, steps=260, seed=11, augment=False),
    "retrained": dict(data=[("easy", 240), ("hard", 700)], widths=(8, 16, 24, 32), maps=12, steps=1000, seed=12, augment=True),
    "redesigned": dict(data=[("easy", 240), ("hard", 1200)], widths=(8, 16, 32, 48), maps=16, steps=2400, seed=13, augment=True),
}


class Normalise(nn.Module):
    """0..255 to contrast against the local mean of the field: removes the camera's colour, vignetting and haze together."""

    def forward(self, x):
        x = x / 255.0
        field = (x[:, 0:1] > 0.06).float()
        cells = F.avg_pool2d(x * field, 16)
        share = F.avg_pool2d(field, 16)
        mean = F.avg_pool2d(cells, 5, 1, 2) / (F.avg_pool2d(share, 5, 1, 2) + 1e-4)
        mean = F.interpolate(mean, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
        inside = -F.max_pool2d(-field, 13, 1, 6)
        return torch.clamp((x - mean) / (mean + 0.08), -1.0, 1.25) * inside


def convolution(a, b, stride=1):
    return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU())


class Grader(nn.Module):
    """Evidence maps on a 64 or 32 grid, pooled by their strongest places: a grade is set by a few small lesions."""

    def __init__(self, widths, maps):
        super().__init__()
        a, b, c, d = widths
        self.features = nn.Sequential(
            convolution(3, a, 2),
            convolution(a, b, 2),
            convolution(b, b),
            convolution(b, c, 2),
            convolution(c, c),
            convolution(c, d, 2),
            nn.Conv2d(d, maps, 1),
        )
        self.head = nn.Sequential(nn.Linear(3 * maps, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, y):
        e = self.features(y).flatten(2)
        top = torch.topk(e, 12, dim=2).values
        pooled = torch.cat([top[:, :, 0], top.mean(2), F.relu(e).mean(2)], 1)
        return self.head(pooled)


class Product(nn.Module):
    """What is exported: pixels in, four probabilities (grade >= 1, 2, 3, 4) out."""

    def __init__(self, grader):
        super().__init__()
        self.normalise = Normalise()
        self.grader = grader

    def forward(self, image):
        return torch.sigmoid(self.grader(self.normalise(image)))


def load(folder, name, count=None):
    """Normalised photographs as int8 (110 = 1.0) and grades; normalising once saves most of a step."""
    grades = [json.loads(line)["grade"] for line in open(folder / f"{name}.jsonl")]
    pixels = np.memmap(folder / f"{name}.u8", np.uint8, "r").reshape(-1, 3, SIDE, SIDE)
    count = min(count or len(grades), len(grades))
    cache = folder / f"{name}.i8"
    if not cache.exists() or cache.stat().st_size != len(grades) * 3 * SIDE * SIDE:
        with open(cache, "wb") as out:
            for k in range(0, len(grades), 8):
                with torch.no_grad():
                    y = Normalise()(torch.from_numpy(pixels[k : k + 8].astype(np.float32)))
                out.write((y * 100).round().to(torch.int8).numpy().tobytes())
    data = torch.from_numpy(np.fromfile(cache, np.int8, count * 3 * SIDE * SIDE).reshape(-1, 3, SIDE, SIDE))
    return data, torch.tensor(grades[:count])


def batch(images, chosen, rng, augment):
    x = images[chosen].float() / 100
    if rng.random() < 0.5:
        x = x.flip(3)
    if rng.random() < 0.5:
        x = x.flip(2)
    if rng.random() < 0.5:
        x = x.transpose(2, 3)
    if augment:
        n = len(x)
        gain = torch.from_numpy(rng.normal(1, 0.12, (n, 3, 1, 1)).astype(np.float32))
        gain = gain * torch.from_numpy(rng.uniform(0.75, 1.25, (n, 1, 1, 1)).astype(np.float32))
        x = x * gain
        if rng.random() < 0.5:
            zoom = float(rng.uniform(0.85, 1.15))
            turn = float(rng.uniform(-0.3, 0.3))
            c, s = np.cos(turn) * zoom, np.sin(turn) * zoom
            shift = rng.uniform(-0.06, 0.06, 2)
            theta = torch.tensor([[c, -s, shift[0]], [s, c, shift[1]]], dtype=torch.float32).expand(n, 2, 3)
            x = F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), align_corners=False)
        if rng.random() < 0.3:
            x = x + 0.02 * torch.randn(x.shape)
        if rng.random() < 0.2:
            x = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return x


@torch.no_grad()
def scores(grader, images):
    grader.eval()
    return torch.cat([torch.sigmoid(grader(images[k : k + 8].float() / 100)) for k in range(0, len(images), 8)]).numpy()


def auc(score, positive):
    order = np.concatenate([score[positive], score[~positive]])
    _, inverse, counts = np.unique(order, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    n, m = positive.sum(), (~positive).sum()
    return (ranks[:n].sum() - n * (n + 1) / 2) / (n * m)


def youden(score, positive):
    """The threshold with the largest sum of sensitivity and specificity, midway to the next lower score."""
    values = np.unique(score)
    best = max(values, key=lambda t: (score[positive] >= t).mean() + (score[~positive] < t).mean())
    lower = values[values < best]
    return float((best + lower[-1]) / 2) if len(lower) else float(best)


def write_submission(folder, variant, photographs, steps, threshold):
    """The manifest beside the model file."""
    release, complete = VERSIONS[variant]
    sha256 = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    text = SUBMISSION.format(
        variant=variant, major=release[0], release=release, complete=complete, sha256=sha256,
        photographs=photographs, steps=steps, threshold=threshold,
    )
    (folder / "submission.yaml").write_text(text, encoding="utf-8")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("variant", choices=VARIANTS)
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--steps", type=int)
    options = arguments.parse_args()
    recipe = VARIANTS[options.variant]
    torch.set_num_threads(1)
    torch.manual_seed(recipe["seed"])
    rng = np.random.default_rng(recipe["seed"])
    parts = [load(options.data, *part) for part in recipe["data"]]
    images, grades = torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts])
    targets = (grades[:, None] >= torch.arange(1, 5)).float()
    grader = Grader(recipe["widths"], recipe["maps"])
    steps = options.steps or recipe["steps"]
    optimiser = torch.optim.AdamW(grader.parameters(), 3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps, pct_start=0.05)
    started = time.time()
    order, losses = [], []
    for step in range(steps):
        if len(order) < 8:
            order = rng.permutation(len(images)).tolist()
        chosen, order = order[:8], order[8:]
        grader.train()
        loss = F.binary_cross_entropy_with_logits(grader(batch(images, chosen, rng, recipe["augment"])), targets[chosen])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(grader.parameters(), 5)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step % 100 == 99:
            print(f"step {step + 1} of {steps}, loss {np.mean(losses[-100:]):.3f}, {time.time() - started:.0f} s", flush=True)
    held, held_grades = load(options.data, "calib")
    score = scores(grader, held)
    positive = held_grades.numpy() >= 2
    threshold = round(youden(score[:, 1], positive), 3)
    product = Product(grader).eval()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        product, (torch.full((1, 3, SIDE, SIDE), 100.0),), options.out / "model.onnx",
        input_names=["image"], output_names=["cumulative"], opset_version=17, dynamo=False,
    )
    write_submission(options.out, options.variant, len(images), steps, threshold)
    print(json.dumps(dict(
        variant=options.variant, photographs=len(images), steps=steps, seconds=round(time.time() - started),
        parameters=sum(p.numel() for p in grader.parameters()), calibrationAuc=round(float(auc(score[:, 1], positive)), 4), threshold=threshold,
    )))


if __name__ == "__main__":
    main()
