"""Trains a lung nodule detector on phantom tensors and writes it as ONNX.

The tensors come from make-training-data.ts, that is, from the preprocessing operations that run in a test. See README.md.
"""

import argparse
import glob
import json
import math
import os
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

PATCH = 48  # voxels of 2 mm
STRIDE = 2  # voxels a cell
VOXEL_MM = 2.0
REFERENCE_MM = 8.0


def block(a, b, kernel=3, stride=1):
    return nn.Sequential(
        nn.Conv3d(a, b, kernel, stride, padding=1, bias=False), nn.BatchNorm3d(b), nn.ReLU(inplace=True)
    )


class Detector(nn.Module):
    """4 mm map of [probability, ln(diameter / 8 mm), offset x, y, z in cells] from a 2 mm volume of 0..255."""

    def __init__(self, channels, residual):
        super().__init__()
        a, b, c = channels
        self.residual = residual
        self.stem = block(1, a, kernel=4, stride=2)
        self.widen = block(a, b)
        self.fine = block(b, b)
        self.down = block(b, c, stride=2)
        self.deep1 = block(c, c)
        self.deep2 = block(c, c)
        self.lateral = nn.Conv3d(c, b, 1)
        self.join = block(b, b)
        self.head = nn.Conv3d(b, 5, 1)
        with torch.no_grad():
            self.head.bias.zero_()
            self.head.bias[0] = -4.6

    def forward(self, x, probability=True):
        x = self.stem(x / 127.5 - 1.0)
        x = self.widen(x)
        fine = self.fine(x)
        if self.residual:
            fine = fine + x
        y = self.down(fine)
        z = self.deep2(self.deep1(y))
        if self.residual:
            z = z + y
        up = F.interpolate(self.lateral(z), scale_factor=2.0, mode="nearest")
        out = self.head(self.join(fine + up))
        if probability:
            out = torch.cat([torch.sigmoid(out[:, :1]), out[:, 1:]], dim=1)
        return out


def load(folder, limit):
    """Volumes as [z, y, x] with nodules as [x, y, z (voxels), diameter mm, weight]."""
    cases = []
    for name in sorted(glob.glob(os.path.join(folder, "*.json")))[:limit]:
        with open(name) as file:
            facts = json.load(file)
        nx, ny, nz = facts["shape"]
        volume = np.fromfile(name[:-5] + ".u8", dtype=np.uint8).reshape(nz, ny, nx)
        origin = np.array(facts["origin"])
        nodules = []
        for n in facts["nodules"]:
            weight = (1.4 if n["diameter"] < 6 else 1.0) * (2.0 if n["type"] == "ground-glass" else 1.0)
            nodules.append([*((np.array(n["center"]) - origin) / VOXEL_MM), n["diameter"], weight])
        cases.append((volume, np.array(nodules).reshape(-1, 5)))
    return cases


def cut(volume, start):
    """A patch that may reach beyond the volume (0, air, outside)."""
    patch = np.zeros((PATCH,) * 3, np.float32)
    low = [max(0, s) for s in start]
    high = [min(n, s + PATCH) for s, n in zip(start, volume.shape)]
    if all(h > l for l, h in zip(low, high)):
        to = tuple(slice(l - s, h - s) for l, h, s in zip(low, high, start))
        patch[to] = volume[tuple(slice(l, h) for l, h in zip(low, high))]
    return patch


def sample(cases, mined, rng):
    """A patch [z, y, x] and its nodules in patch voxels [x, y, z, diameter]."""
    case = int(rng.integers(len(cases)))
    volume, nodules = cases[case]
    choice = rng.random()
    if choice < 0.55 and len(nodules):
        weights = nodules[:, 4] / nodules[:, 4].sum()
        center = nodules[rng.choice(len(nodules), p=weights), :3] + rng.uniform(-16, 16, 3)
    elif choice < 0.85 and mined:
        case, center = mined[int(rng.integers(len(mined)))]
        volume, nodules = cases[case]
        center = center + rng.uniform(-12, 12, 3)
    else:
        center = rng.uniform(0, 1, 3) * np.array(volume.shape[::-1])
    start = np.round(center - PATCH / 2).astype(int)
    patch = cut(volume, tuple(start[::-1]))
    spots = nodules[:, :4].copy()
    spots[:, :3] -= start
    for axis in range(3):
        if rng.random() < 0.5:
            patch = np.flip(patch, 2 - axis)
            spots[:, axis] = PATCH - 1 - spots[:, axis]
    if rng.random() < 0.3:
        patch = patch + rng.normal(0, rng.uniform(1, 8), patch.shape).astype(np.float32)
    patch = np.clip(patch * (1 + 0.04 * rng.normal()) + 255 * 0.03 * rng.normal(), 0, 255)
    return np.ascontiguousarray(patch, np.float32), spots


def targets(spots):
    """Heat map, regression values, regression weights on the cell grid [z, y, x]."""
    n = PATCH // STRIDE
    heat = np.zeros((n, n, n), np.float32)
    values = np.zeros((4, n, n, n), np.float32)
    weights = np.zeros((n, n, n), np.float32)
    places = STRIDE * np.arange(n) + (STRIDE - 1) / 2
    for x, y, z, diameter in spots:
        sigma = max(1.3, 0.45 * diameter / 2 / VOXEL_MM)
        if not all(-3 * sigma < p < PATCH + 3 * sigma for p in (x, y, z)):
            continue
        gx, gy, gz = (np.exp(-((places - p) ** 2) / (2 * sigma**2)) for p in (x, y, z))
        heat = np.maximum(heat, gz[:, None, None] * gy[None, :, None] * gx[None, None, :])
        cell = [int(round((p - (STRIDE - 1) / 2) / STRIDE)) for p in (x, y, z)]
        if not all(0 <= c < n for c in cell):
            continue
        heat[cell[2], cell[1], cell[0]] = 1.0
        box = tuple(slice(max(0, c - 1), min(n, c + 2)) for c in reversed(cell))
        weights[box] = 1.0
        values[0][box] = math.log(diameter / REFERENCE_MM)
        for axis, p in enumerate((x, y, z)):
            offset = np.clip((p - places) / STRIDE, -1, 1)
            shape = [1, 1, 1]
            shape[2 - axis] = n
            values[1 + axis][box] = np.broadcast_to(offset.reshape(shape), (n, n, n))[box]
    return heat.astype(np.float32), values, weights


def loss_of(out, heat, values, weights):
    """Penalty-reduced focal loss (Law and Deng 2018, exponents 2 and 4) and L1 on size and offsets."""
    logit = out[:, 0]
    p = torch.sigmoid(logit).clamp(1e-6, 1 - 1e-6)
    positive = (heat == 1).float()
    hit = -(1 - p) ** 2 * F.logsigmoid(logit) * positive
    miss = -((1 - heat) ** 4) * p**2 * F.logsigmoid(-logit) * (1 - positive)
    focal = (hit.sum() + miss.sum()) / positive.sum().clamp(min=1)
    error = (out[:, 1:] - values).abs() * weights[:, None]
    near = weights.sum().clamp(min=1)
    return focal + 0.5 * error[:, 0].sum() / near + 0.25 * error[:, 1:].sum() / near / 3


@torch.no_grad()
def mine(model, cases, rng, count):
    """Peaks above 0.05 away from every nodule: (case, centre in voxels)."""
    model.eval()
    found = []
    for case in rng.choice(len(cases), min(count, len(cases)), replace=False):
        volume, nodules = cases[case]
        with torch.autocast("cpu", torch.bfloat16):
            out = model(torch.from_numpy(volume[None, None].astype(np.float32)))[0].float()
        p = out[0]
        peak = (p == F.max_pool3d(p[None, None], 3, 1, 1)[0, 0]) & (p > 0.05)
        places = torch.nonzero(peak)
        order = torch.argsort(-p[peak])[:25]
        for z, y, x in places[order].tolist():
            center = STRIDE * np.array([x, y, z]) + (STRIDE - 1) / 2
            if len(nodules):
                distance = np.linalg.norm(nodules[:, :3] - center, axis=1) * VOXEL_MM
                if (distance < nodules[:, 3] / 2 + 5).any():
                    continue
            found.append((int(case), center))
    model.train()
    return found


def export(model, path):
    model.eval()
    axes = {2: "z", 3: "y", 4: "x"}
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, 32, 32, 32),),
        path,
        input_names=["volume"],
        output_names=["map"],
        dynamic_axes={"volume": axes, "map": {2: "zc", 3: "yc", 4: "xc"}},
        opset_version=17,
        dynamo=False,
    )
    model.train()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--channels", default="12,16,24")
    parser.add_argument("--residual", action="store_true")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--mine-at", default="", help="comma-separated steps at which false positives are mined")
    parser.add_argument("--export-at", default="")
    parser.add_argument("--start", help="weights to start from")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    cases = load(args.data, args.cases)
    model = Detector([int(c) for c in args.channels.split(",")], args.residual)
    if args.start:
        model.load_state_dict(torch.load(args.start))
    print(len(cases), "cases,", sum(len(c[1]) for c in cases), "nodules,", sum(p.numel() for p in model.parameters()), "parameters")
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, (s + 1) / 20) * 0.5 * (1 + math.cos(math.pi * min(1.0, s / args.steps)))
    )
    mining = {int(s) for s in args.mine_at.split(",") if s}
    exporting = {int(s) for s in args.export_at.split(",") if s}
    mined = []
    running = 0.0
    began = time.time()
    model.train()
    for step in range(args.steps):
        if step in mining:
            cases = load(args.data, args.cases)
            mined = mine(model, cases, rng, 24) + mined[:200]
            print("step", step, "mined", len(mined), flush=True)
        patches, heats, values, weights = [], [], [], []
        for _ in range(args.batch):
            patch, spots = sample(cases, mined, rng)
            heat, value, weight = targets(spots)
            patches.append(patch[None])
            heats.append(heat)
            values.append(value)
            weights.append(weight)
        with torch.autocast("cpu", torch.bfloat16):
            out = model(torch.from_numpy(np.stack(patches)), probability=False)
        loss = loss_of(out.float(), *(torch.from_numpy(np.stack(a)) for a in (heats, values, weights)))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        running = loss.item() if step == 0 else 0.97 * running + 0.03 * loss.item()
        if step % 25 == 0:
            print(f"step {step} loss {running:.3f} seconds {time.time() - began:.0f}", flush=True)
        if step in exporting:
            export(model, args.out)
    export(model, args.out)
    torch.save(model.state_dict(), args.out + ".pt")
    print(f"done in {time.time() - began:.0f} s")


if __name__ == "__main__":
    main()
