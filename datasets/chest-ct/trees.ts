/** Vessel trees and airways of both lungs, and scars: grown towards random end points, radius by the number of ends supplied. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import type { Anatomy } from "./anatomy.js";
import { fieldAt, fields } from "./anatomy.js";
import { between, cos, ln, power, sin } from "./elementary.js";
import type { Distractor } from "./organs.js";
import type { Patient } from "./patient.js";
import type { PrimitiveList } from "./primitives.js";

type Point = readonly [number, number, number];

interface Tree {
  count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly parent: Int32Array;
  readonly path: Float64Array;
  readonly ends: Int32Array;
}

const endPoints = 740;
const maxNodes = 16384;
const maxStep = 8;

/** Random points of one lung, at least `depth` inside, the outer shell sampled more densely. */
function lungPoints(
  patient: Patient,
  anatomy: Anatomy,
  random: RandomStream,
  side: number,
  count: number,
  depth: number,
): Point[] {
  const points: Point[] = [];
  for (let tries = 0; points.length < count && tries < count * 60; tries++) {
    const x = side * patient.cavityX * random.float();
    const y = patient.cavityY * (2 * random.float() - 1);
    const z = patient.height * random.float();
    const d = fieldAt(anatomy, patient, fields.lung, x, y, z);
    if (d > -depth) continue;
    if (d < -24 && random.float() < 0.45) continue;
    points.push([x, y, z]);
  }
  return points;
}

function growTree(random: RandomStream, root: Point, targets: readonly Point[]): Tree {
  const tree: Tree = {
    count: 1,
    x: new Float64Array(maxNodes),
    y: new Float64Array(maxNodes),
    z: new Float64Array(maxNodes),
    parent: new Int32Array(maxNodes).fill(-1),
    path: new Float64Array(maxNodes),
    ends: new Int32Array(maxNodes),
  };
  const { x, y, z, path, parent } = tree;
  x[0] = root[0];
  y[0] = root[1];
  z[0] = root[2];
  const order = targets.map((p, i) => ({ i, d: distance(p, root) })).sort((a, b) => a.d - b.d || a.i - b.i);
  for (const { i } of order) {
    const [px, py, pz] = targets[i]!;
    let best = 0;
    let bestCost = Infinity;
    for (let n = 0; n < tree.count; n++) {
      const dx = px - x[n]!;
      const dy = py - y[n]!;
      const dz = pz - z[n]!;
      const cost = Math.sqrt(dx * dx + dy * dy + dz * dz) + 0.25 * path[n]!;
      if (cost < bestCost) {
        bestCost = cost;
        best = n;
      }
    }
    const sx = x[best]!;
    const sy = y[best]!;
    const sz = z[best]!;
    const length = Math.sqrt((px - sx) * (px - sx) + (py - sy) * (py - sy) + (pz - sz) * (pz - sz));
    const steps = Math.max(2, Math.ceil(length / maxStep));
    if (tree.count + steps > maxNodes) break;
    // A bow across the way and a smaller wave make the branch curve.
    const bow = 0.16 * length;
    const bx = bow * (random.float() - 0.5) * 2;
    const by = bow * (random.float() - 0.5) * 2;
    const bz = bow * (random.float() - 0.5) * 2;
    const wave = 1.1;
    let previous = best;
    for (let s = 1; s <= steps; s++) {
      const t = s / steps;
      const arch = 4 * t * (1 - t) * 0.5;
      const last = s === steps ? 0 : wave;
      const n = tree.count++;
      x[n] = sx + (px - sx) * t + bx * arch + last * (random.float() - 0.5);
      y[n] = sy + (py - sy) * t + by * arch + last * (random.float() - 0.5);
      z[n] = sz + (pz - sz) * t + bz * arch + last * (random.float() - 0.5);
      parent[n] = previous;
      path[n] = path[previous]! + length / steps;
      previous = n;
    }
    for (let n = previous; n >= 0; n = parent[n]!) tree.ends[n] = tree.ends[n]! + 1;
  }
  return tree;
}

function distance(a: Point, b: Point): number {
  const dx = a[0] - b[0];
  const dy = a[1] - b[1];
  const dz = a[2] - b[2];
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

function radiusOf(tree: Tree, n: number, trunk: number, least: number): number {
  return Math.max(least, trunk * power(tree.ends[n]! / tree.ends[0]!, 0.4));
}

/** Adds vessels, airways and scars; returns what may be mistaken for a nodule. */
export function addTrees(patient: Patient, anatomy: Anatomy, list: PrimitiveList): Distractor[] {
  const random = new RandomStream(BigInt(patient.seed), streamOf("chest-ct", "trees"));
  const { height: H } = patient;
  const distractors: Distractor[] = [];
  const airways: { from: Point; to: Point; lumen: number; lumenEnd: number }[] = [];
  const carina: Point = [2, patient.spineY - 30, 0.625 * H];
  for (const side of [-1, 1]) {
    const hilum: Point = [side * 36, 19, 0.545 * H];
    const vein: Point = [side * 28, 26, 0.545 * H - 20];
    const trunk = 6.6 * between(random, 0.85, 1.15);
    for (const [root, ends, size] of [
      [hilum, endPoints, trunk],
      [vein, Math.round(endPoints * 0.85), trunk * 0.92],
    ] as const) {
      const tree = growTree(random, root, lungPoints(patient, anatomy, random, side, ends, 3));
      const least = between(random, 0.42, 0.52);
      for (let n = 1; n < tree.count; n++) {
        const p = tree.parent[n]!;
        const r = radiusOf(tree, n, size, least);
        const from: Point = [tree.x[p]!, tree.y[p]!, tree.z[p]!];
        const to: Point = [tree.x[n]!, tree.y[n]!, tree.z[n]!];
        const fromRadius = p === 0 ? r : Math.min(radiusOf(tree, p, size, least), r * 1.25);
        list.capsule(from, fromRadius, to, r, patient.bloodHu, true);
        if (size === trunk && r > 2.2) {
          const lumen = Math.min(4.4, 0.66 * r);
          const shift = r + lumen + 0.5;
          airways.push({
            from: [from[0] + side * 0.3 * shift, from[1] + 0.25 * shift, from[2] + 0.9 * shift],
            to: [to[0] + side * 0.3 * shift, to[1] + 0.25 * shift, to[2] + 0.9 * shift],
            lumen: Math.min(4.4, 0.66 * fromRadius),
            lumenEnd: lumen,
          });
        }
        if (
          tree.ends[n]! > 3 &&
          tree.ends[n]! < 40 &&
          tree.ends[p]! - tree.ends[n]! > 2 &&
          random.float() < 0.06 &&
          fieldAt(anatomy, patient, fields.lung, from[0], from[1], from[2]) < -4
        ) {
          distractors.push({ center: from, diameterMm: Math.max(2.6, 3.2 * r), kind: "fork" });
        }
      }
    }
    const main = side < 0 ? 6.8 : 6.3;
    airways.push({
      from: carina,
      to: [side * 30, 24, 0.575 * H],
      lumen: main,
      lumenEnd: main * 0.85,
    });
    airways.push({
      from: [side * 30, 24, 0.575 * H],
      to: [hilum[0] + side * 6, hilum[1] + 6, hilum[2] + 6],
      lumen: main * 0.85,
      lumenEnd: main * 0.7,
    });
  }
  airways.push({ from: [1, patient.spineY - 28, H + 12], to: carina, lumen: 8.6, lumenEnd: 9 });
  for (const a of airways) {
    const wall = a.lumen > 5 ? 1 : 0.6;
    list.capsule(a.from, a.lumen + wall, a.to, a.lumenEnd + wall, a.lumen > 5 ? 10 : -180);
  }
  for (const a of airways) list.capsule(a.from, a.lumen, a.to, a.lumenEnd, -975);

  // Scars and bands near the pleura.
  const scars = random.below(4);
  for (let i = 0; i < scars; i++) {
    const side = random.float() < 0.5 ? -1 : 1;
    const [place] = lungPoints(patient, anatomy, random, side, 1, 3);
    if (!place || fieldAt(anatomy, patient, fields.lung, ...place) < -12) continue;
    const length = between(random, 8, 22);
    const angle = between(random, 0, 2 * Math.PI);
    const tilt = between(random, -0.5, 0.5);
    const hu = between(random, -300, -50);
    const radius = between(random, 0.8, 1.6);
    let from: Point = place;
    for (let s = 1; s <= 3; s++) {
      const to: Point = [
        from[0] + (length / 3) * cos(angle + 0.35 * s),
        from[1] + (length / 3) * sin(angle + 0.35 * s),
        from[2] + (length / 3) * tilt,
      ];
      list.capsule(from, radius, to, radius * 0.85, hu, true);
      from = to;
    }
    distractors.push({ center: place, diameterMm: Math.max(3, 2.6 * radius + 0.5 * ln(length)), kind: "scar" });
  }
  return distractors;
}
