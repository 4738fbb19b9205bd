/**
 * Large anatomy as distance fields on a coarse grid (a node every 4 pixels and every 5 mm): body, muscle, thoracic cavity,
 * lungs, diaphragm, and a smooth tissue texture. Distances are millimetres, negative inside.
 */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { clamp, cos, exp, ln, power, sin, smoothMax, smoothMin, smoothStep } from "./elementary.js";
import type { Patient } from "./patient.js";

/** Nodes along a row or column of the coarse grid, and their distance in pixels. */
export const nodes = 65;
export const nodePixels = 4;
/** Distance of coarse planes, mm. */
export const nodeZ = 5;
const fieldCount = 6;
export const fields = { body: 0, muscle: 1, cavity: 2, lung: 3, abdomen: 4, texture: 5 } as const;

export interface Anatomy {
  readonly planes: number;
  /** [field][(plane * 65 + row) * 65 + column] */
  readonly values: readonly Float32Array[];
}

const bodyExponent = 2.35;
const cavityExponent = 2.25;

let sharedTexture: Float32Array | undefined;

/** Periodic 64^3 field: two box-filtered white noises of unit variance (about 2 and 5 nodes wide), summed 0.42 : 0.3. */
function textureTile(): Float32Array {
  if (sharedTexture) return sharedTexture;
  const size = 64;
  const random = new RandomStream(11n, streamOf("chest-ct", "texture"));
  const sum = new Float32Array(size * size * size);
  for (const [width, weight] of [
    [2, 0.42],
    [5, 0.3],
  ] as const) {
    let field = new Float32Array(sum.length);
    for (let i = 0; i < field.length; i++) field[i] = random.u32() / 4294967296 - 0.5;
    for (const stride of [1, size, size * size]) {
      const next = new Float32Array(field.length);
      for (let i = 0; i < field.length; i++) {
        const at = Math.floor(i / stride) % size;
        const base = i - at * stride;
        let total = 0;
        for (let k = 0; k < width; k++) total += field[base + ((at + k) % size) * stride]!;
        next[i] = total;
      }
      field = next;
    }
    let squares = 0;
    for (let i = 0; i < field.length; i++) squares += field[i]! * field[i]!;
    const scale = weight / Math.sqrt(squares / field.length);
    for (let i = 0; i < field.length; i++) sum[i] = sum[i]! + field[i]! * scale;
  }
  sharedTexture = sum;
  return sum;
}

/** Height of the diaphragm at (x, y). */
export function diaphragmHeight(patient: Patient, x: number, y: number): number {
  const right = x < 0;
  const dx = x - (right ? -0.5 : 0.52) * patient.cavityX;
  const dy = y + (right ? 6 : 2);
  return (right ? patient.domeRight : patient.domeLeft) - 58 * ((dx * dx) / 5476 + (dy * dy) / 6241);
}

/** Shape of the cavity's dome at height z: the part of the unit that the height has used up. */
function domeShare(patient: Patient, z: number): number {
  const p = (z / patient.height - 0.42) / 0.54;
  return p <= 0 ? 0 : power(p, 3.2);
}

/** Scale of the cavity's outline at height z, 0 where it is closed. */
export function cavityScale(patient: Patient, z: number): number {
  return power(Math.max(0, 1 - domeShare(patient, z)), 1 / cavityExponent);
}

/** Point of the cavity's outline grown by `outside` mm; angle 0 at the back, pi at the front, side -1 right and 1 left. */
export function onCavity(
  patient: Patient,
  angle: number,
  side: number,
  z: number,
  outside: number,
): readonly [number, number] {
  const scale = Math.max(0.3, cavityScale(patient, z));
  const s = sin(angle);
  const c = cos(angle);
  return [
    side * (patient.cavityX * scale + outside) * power(s, 2 / cavityExponent),
    Math.sign(c) * (patient.cavityY * scale + outside) * power(Math.abs(c), 2 / cavityExponent),
  ];
}

/** Centre and half axes of the heart. */
export function heartOf(patient: Patient): {
  readonly center: readonly [number, number, number];
  readonly radii: readonly [number, number, number];
  readonly turn: number;
} {
  const s = patient.heartScale;
  return {
    center: [24 * s, -0.3 * patient.cavityY, patient.domeRight + 24],
    radii: [60 * s, 44 * s, 50 * s],
    turn: 0.67,
  };
}

/** Descending aorta: x and y of its axis at height z. */
export function aortaAt(patient: Patient, z: number): readonly [number, number] {
  return [15 + 12 * smoothStep(0, 0.5 * patient.height, z), patient.spineY - 17];
}

function ellipsoidDistance(x: number, y: number, z: number, a: number, b: number, c: number): number {
  const u = x / a;
  const v = y / b;
  const w = z / c;
  const k1 = Math.sqrt(u * u + v * v + w * w);
  const k2 = Math.sqrt((u * u) / (a * a) + (v * v) / (b * b) + (w * w) / (c * c));
  return k2 < 1e-9 ? -Math.min(a, b, c) : (k1 * (k1 - 1)) / k2;
}

/** Computes all fields of a patient. */
export function makeAnatomy(patient: Patient): Anatomy {
  const { height, halfWidth, halfDepth, pixel, spineY, wall } = patient;
  const planes = Math.ceil(height / nodeZ) + 2;
  const values = Array.from({ length: fieldCount }, () => new Float32Array(planes * nodes * nodes));
  const [bodyField, muscleField, cavityField, lungField, abdomenField, textureField] = values as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const texture = textureTile();
  const [tx, ty, tz] = patient.textureOffset;
  const heart = heartOf(patient);
  const turnCos = cos(heart.turn);
  const turnSin = sin(heart.turn);
  const xs = new Float64Array(nodes);
  const ys = new Float64Array(nodes);
  for (let i = 0; i < nodes; i++) {
    xs[i] = (nodePixels * i - 128) * pixel;
    ys[i] = xs[i]! + patient.middleY;
  }
  const columnPower = new Float64Array(nodes);
  const columnSlope = new Float64Array(nodes);
  const cavityPowerX = new Float64Array(nodes);
  const cavitySlopeX = new Float64Array(nodes);
  for (let k = 0; k < planes; k++) {
    const z = k * nodeZ;
    const h = z / height;
    const shoulder = smoothStep(0.7, 1, h);
    const a = halfWidth * (1 + 0.03 * shoulder);
    const b = halfDepth * (1 - 0.2 * shoulder);
    const dome = domeShare(patient, z);
    const domeSlope = h <= 0.42 ? 0 : (3.2 * dome) / (((h - 0.42) / 0.54) * 0.54 * height);
    for (let i = 0; i < nodes; i++) {
      const x = Math.abs(xs[i]!);
      columnPower[i] = power(x / a, bodyExponent);
      columnSlope[i] = x === 0 ? 0 : (bodyExponent * columnPower[i]!) / x;
      cavityPowerX[i] = power(x / patient.cavityX, cavityExponent);
      cavitySlopeX[i] = x === 0 ? 0 : (cavityExponent * cavityPowerX[i]!) / x;
    }
    const [aortaX, aortaY] = aortaAt(patient, z);
    const hilum = exp(-((h - 0.6) * (h - 0.6)) / 0.0169);
    const middle = patient.mediastinumMiddle * (h < 0.5 ? 0.8 : 1) + 14 * hilum + 4 * smoothStep(0.7, 0.8, h);
    const front = patient.mediastinumFront + 14 * smoothStep(0.72, 0.85, h);
    for (let j = 0; j < nodes; j++) {
      const y = ys[j]!;
      const ay = Math.abs(y);
      // The shoulders are flatter from the front; the back keeps its place.
      const by = Math.abs(y - (halfDepth - b));
      const rowPower = power(by / b, bodyExponent);
      const rowSlope = by === 0 ? 0 : (bodyExponent * rowPower) / by;
      const cavityPowerY = power(ay / patient.cavityY, cavityExponent);
      const cavitySlopeY = ay === 0 ? 0 : (cavityExponent * cavityPowerY) / ay;
      const slab = front + (middle - front) * smoothStep(-0.62 * patient.cavityY, -0.2 * patient.cavityY, y);
      for (let i = 0; i < nodes; i++) {
        const x = xs[i]!;
        const at = (k * nodes + j) * nodes + i;
        let body = superellipse(columnPower[i]! + rowPower, bodyExponent, columnSlope[i]!, rowSlope, 0);
        if (patient.breastDepth > 0 && y < 0) {
          const breast = ellipsoidDistance(
            Math.abs(x) - 0.5 * halfWidth,
            y + 0.8 * halfDepth,
            z - 0.42 * height,
            62,
            18 + patient.breastDepth,
            60,
          );
          body = smoothMin(body, breast, 22);
        }
        if (h > 0.7) {
          body = smoothMin(
            body,
            ellipsoidDistance(Math.abs(x) - 0.93 * halfWidth, y - 8, z - 1.06 * height, 50, 46, 66),
            36,
          );
        }
        bodyField[at] = clamp(body, -60, 60);
        if (body > 20) {
          muscleField[at] = 60;
          cavityField[at] = 60;
          lungField[at] = 60;
          abdomenField[at] = 60;
          continue;
        }
        const cavity = superellipse(
          cavityPowerX[i]! + cavityPowerY + dome,
          cavityExponent,
          cavitySlopeX[i]!,
          cavitySlopeY,
          domeSlope,
        );
        cavityField[at] = clamp(cavity, -60, 60);
        // Muscle envelope, uneven like fat is: the wall, thicker beside the spine, in front below the collar bones, and at the shoulders.
        const back = y > 0 ? exp(-(x * x) / 2400) * 12 : 0;
        const pectoral = y < 0 ? 9 * exp(-((h - 0.72) * (h - 0.72)) / 0.02) * smoothStep(15, 45, Math.abs(x)) : 0;
        const latissimus = y > -20 ? 8 * smoothStep(0.3, 0.8, h) * smoothStep(60, 110, Math.abs(x)) : 0;
        const muscle =
          cavity -
          wall -
          back -
          pectoral -
          latissimus -
          4 * texture[(((k + tz) & 63) * 64 + ((j + ty) & 63)) * 64 + ((i + tx) & 63)]!;
        muscleField[at] = clamp(
          smoothMax(
            h > 0.7 ? smoothMin(muscle, body + Math.min(patient.fat, 9) + 3 * (1 - shoulder) * 20, 12) : muscle,
            body + 3.5,
            4,
          ),
          -60,
          60,
        );
        // Mediastinum: heart, middle slab, sleeve of the spine, descending aorta.
        const hx = x - heart.center[0];
        const hy = y - heart.center[1];
        let mediastinum =
          ellipsoidDistance(
            hx * turnCos + hy * turnSin,
            -hx * turnSin + hy * turnCos,
            z - heart.center[2],
            heart.radii[0],
            heart.radii[1],
            heart.radii[2],
          ) - 3;
        mediastinum = smoothMin(mediastinum, Math.abs(x - 2) - slab, 10);
        const sy = y - spineY - 10;
        const sleeve = (Math.sqrt((x * x) / 441 + (sy * sy) / 900) - 1) * 24;
        mediastinum = smoothMin(mediastinum, sleeve, 8);
        if (h < 0.7) {
          const ax = x - aortaX;
          const ayy = y - aortaY;
          mediastinum = smoothMin(mediastinum, Math.sqrt(ax * ax + ayy * ayy) - 14, 7);
        }
        const below = (diaphragmHeight(patient, x, y) - z) * 0.78;
        const grain = texture[(((k + tz) & 63) * 64 + ((j + ty) & 63)) * 64 + ((i + tx) & 63)]!;
        textureField[at] = grain;
        abdomenField[at] = clamp(-below, -60, 60);
        // Soft borders are uneven; the chest wall is smooth.
        mediastinum += 5 * grain;
        lungField[at] = clamp(smoothMax(smoothMax(cavity, -mediastinum, 6), below + 2 * grain, 6), -60, 60);
      }
    }
  }
  return { planes, values };
}

/** Distance to the surface s = 1, where s is a sum of powers with the given slopes: Newton's step on the n-th root. */
function superellipse(s: number, n: number, slopeX: number, slopeY: number, slopeZ: number): number {
  const slope = Math.sqrt(slopeX * slopeX + slopeY * slopeY + slopeZ * slopeZ);
  if (s < 1e-6 || slope < 1e-6) return -60;
  return (n * (s - exp(ln(s) * (1 - 1 / n)))) / slope;
}

/** Value of a field at a point, trilinear. */
export function fieldAt(anatomy: Anatomy, patient: Patient, field: number, x: number, y: number, z: number): number {
  const values = anatomy.values[field]!;
  const u = clamp((x / patient.pixel + 128) / nodePixels, 0, nodes - 1.001);
  const v = clamp(((y - patient.middleY) / patient.pixel + 128) / nodePixels, 0, nodes - 1.001);
  const w = clamp(z / nodeZ, 0, anatomy.planes - 1.001);
  const i = Math.floor(u);
  const j = Math.floor(v);
  const k = Math.floor(w);
  const fx = u - i;
  const fy = v - j;
  const fz = w - k;
  let sum = 0;
  for (let dz = 0; dz < 2; dz++) {
    for (let dy = 0; dy < 2; dy++) {
      const at = ((k + dz) * nodes + j + dy) * nodes + i;
      const row = values[at]! * (1 - fx) + values[at + 1]! * fx;
      sum += row * (dy ? fy : 1 - fy) * (dz ? fz : 1 - fz);
    }
  }
  return sum;
}
