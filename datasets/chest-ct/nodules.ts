/** Nodules of a phantom: how many, where, what size, type and shape; and the distance to a nodule's surface. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import type { Anatomy } from "./anatomy.js";
import { fieldAt, fields } from "./anatomy.js";
import { between, clamp, exp, ln, normal, sin, smoothMin } from "./elementary.js";
import type { Patient } from "./patient.js";

export const noduleTypes = ["solid", "part-solid", "ground-glass", "calcified"] as const;
export type NoduleType = (typeof noduleTypes)[number];

export interface Nodule {
  readonly center: readonly [number, number, number];
  /** Diameter of the ball of equal volume. */
  readonly diameterMm: number;
  readonly type: NoduleType;
  readonly juxtapleural: boolean;
  /** HU of the whole, and of the core of a part-solid nodule. */
  readonly hu: number;
  readonly coreHu: number;
  readonly coreRadius: number;
  readonly coreOffset: readonly [number, number, number];
  /** Added to the width of the edge, mm. */
  readonly soft: number;
  readonly shape: Shape;
}

interface Shape {
  readonly radius: number;
  readonly axes: readonly [number, number, number];
  /** Waves on the direction: x, y, z, phase, amplitude. */
  readonly waves: readonly (readonly [number, number, number, number, number])[];
  /** Balls of a lobulated nodule, in units of the radius: x, y, z, r. Empty for others. */
  readonly balls: readonly (readonly [number, number, number, number])[];
  /** Needles: unit direction, length in units of the radius, thickness in mm. */
  readonly needles: readonly (readonly [number, number, number, number, number])[];
}

/** Distance of a point, relative to the nodule's centre, to its surface (negative inside), mm; needles left out. */
export function shapeDistance(shape: Shape, x: number, y: number, z: number): number {
  const r = shape.radius;
  if (shape.balls.length > 0) {
    let best = 1e9;
    for (const [bx, by, bz, br] of shape.balls) {
      const dx = x - bx * r;
      const dy = y - by * r;
      const dz = z - bz * r;
      const d = Math.sqrt(dx * dx + dy * dy + dz * dz) - br * r;
      best = best > 1e8 ? d : smoothMin(best, d, 0.35 * r);
    }
    return best;
  }
  const u = x / shape.axes[0];
  const v = y / shape.axes[1];
  const w = z / shape.axes[2];
  const length = Math.sqrt(u * u + v * v + w * w);
  if (length > 1.9 * r + 3) return length - r;
  const scale = length > 1e-6 ? 1 / length : 0;
  let swell = 1;
  for (const [kx, ky, kz, phase, amplitude] of shape.waves) {
    swell += amplitude * sin((kx * u + ky * v + kz * w) * scale + phase);
  }
  return length - r * swell;
}

/** Volume of a shape of radius 1 by counting on a grid of 28^3, so that drawn shapes can be scaled to a wanted volume. */
function volumeOf(shape: Shape): number {
  const n = 28;
  const reach = 1.75;
  const step = (2 * reach) / n;
  let inside = 0;
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        const d = shapeDistance(shape, (i + 0.5) * step - reach, (j + 0.5) * step - reach, (k + 0.5) * step - reach);
        inside += clamp(0.5 - d / step, 0, 1);
      }
    }
  }
  return inside * step * step * step;
}

function drawShape(random: RandomStream, diameter: number, round: boolean): Shape {
  const choice = random.float();
  const kind = round || choice < 0.4 ? "round" : choice < 0.62 ? "lobulated" : "irregular";
  const amplitude = kind === "round" ? 0.05 : 0.13;
  const a = between(random, 0.85, 1.18);
  const b = between(random, 0.85, 1.18);
  const c = 1 / (a * b);
  const waves: [number, number, number, number, number][] = [];
  for (let i = 0; i < 7; i++) {
    const f = between(random, 1.5, 4.5);
    waves.push([
      f * normal(random) * 0.6,
      f * normal(random) * 0.6,
      f * normal(random) * 0.6,
      between(random, 0, 2 * Math.PI),
      (amplitude * 1.4) / Math.sqrt(7),
    ]);
  }
  const balls: [number, number, number, number][] = [];
  if (kind === "lobulated") {
    const count = 3 + random.below(4);
    for (let i = 0; i < count; i++) {
      balls.push([
        0.42 * normal(random) * 0.8,
        0.42 * normal(random) * 0.8,
        0.42 * normal(random) * 0.8,
        between(random, 0.5, 0.8),
      ]);
    }
  }
  const needles: [number, number, number, number, number][] = [];
  if (kind === "irregular" && diameter > 8) {
    const count = 7 + random.below(9);
    for (let i = 0; i < count; i++) {
      const x = normal(random);
      const y = normal(random);
      const z = normal(random);
      const s = 1 / Math.sqrt(x * x + y * y + z * z + 1e-9);
      needles.push([x * s, y * s, z * s, between(random, 1.35, 1.85), between(random, 0.5, 0.9)]);
    }
  }
  const unit: Shape = { radius: 1, axes: [a, b, clamp(c, 0.75, 1.3)], waves, balls, needles };
  const scale = exp(ln((4 * Math.PI) / 3 / volumeOf(unit)) / 3);
  return { ...unit, radius: (diameter / 2) * scale };
}

function drawType(random: RandomStream): NoduleType {
  const u = random.float();
  return u < 0.58 ? "solid" : u < 0.74 ? "part-solid" : u < 0.92 ? "ground-glass" : "calcified";
}

/**
 * Diameter by type: log-normal, SD of ln 0.55 (0.4 for subsolid), held in 3-30 mm. Subsolid nodules start at 6.5 mm, with
 * median 10; calcified ones end at 15 mm.
 */
function drawDiameter(random: RandomStream, type: NoduleType, median: number): number {
  const subsolid = type === "part-solid" || type === "ground-glass";
  const draw = exp(ln(subsolid ? Math.max(10, median) : median) + (subsolid ? 0.4 : 0.55) * normal(random));
  return clamp(draw, subsolid ? 6.5 : 3, type === "calcified" ? 15 : 30);
}

/** Draws `count` nodules into the lungs; fewer where no place is found. */
export function drawNodules(patient: Patient, anatomy: Anatomy, count: number, medianMm: number): Nodule[] {
  const nodules: Nodule[] = [];
  for (let index = 0; index < count; index++) {
    const random = new RandomStream(BigInt(patient.seed), streamOf("chest-ct", "nodule", index));
    const type = drawType(random);
    const diameterMm = drawDiameter(random, type, medianMm);
    const radius = diameterMm / 2;
    const juxtapleural = random.float() < 0.22;
    const depth = juxtapleural ? between(random, 0.2, 0.75) * radius : 1.15 * radius + 1.5;
    let center: [number, number, number] | undefined;
    for (let tries = 0; tries < 4000 && !center; tries++) {
      const x = patient.cavityX * (2 * random.float() - 1);
      const y = patient.cavityY * (2 * random.float() - 1);
      const z = patient.height * random.float();
      if (z < radius + 4) continue;
      const lung = fieldAt(anatomy, patient, fields.lung, x, y, z);
      if (lung > -depth) continue;
      if (juxtapleural) {
        if (lung < -depth - 1) continue;
        if (fieldAt(anatomy, patient, fields.cavity, x, y, z) - lung > 2.5) continue;
      }
      const hx = Math.abs(x) - 36;
      const hy = y - 19;
      const hz = z - 0.545 * patient.height;
      if (hx * hx + hy * hy + hz * hz < 24 * 24) continue;
      const near = nodules.some((other) => {
        const dx = other.center[0] - x;
        const dy = other.center[1] - y;
        const dz = other.center[2] - z;
        const apart = 14 + radius + other.diameterMm / 2;
        return dx * dx + dy * dy + dz * dz < apart * apart;
      });
      if (!near) center = [x, y, z];
    }
    if (!center) continue;
    const subsolid = type === "part-solid" || type === "ground-glass";
    const hu =
      type === "solid"
        ? 25 + 22 * normal(random)
        : type === "calcified"
          ? between(random, 220, 520)
          : type === "part-solid"
            ? between(random, -660, -480)
            : between(random, -700, -480);
    nodules.push({
      center,
      diameterMm,
      type,
      juxtapleural,
      hu,
      coreHu: between(random, -10, 40),
      coreRadius: type === "part-solid" ? between(random, 0.35, 0.62) * radius : 0,
      coreOffset: [0.12 * radius * normal(random), 0.12 * radius * normal(random), 0.12 * radius * normal(random)],
      soft: subsolid ? between(random, 0.9, 2.2) : 0.3,
      shape: drawShape(random, diameterMm, type === "calcified"),
    });
  }
  return nodules;
}
