/** Layers of one number a pixel and the shapes that fundus photographs are painted with. Unit of all lengths: the radius of the field. */
import type { RandomStream } from "../../src/stats/random.js";

/** Side of a photograph in pixels. */
export const SIDE = 512;

/** A layer of coverage or absorption, `x + SIDE * y`. */
export type Layer = Float32Array;

/** Where the field lies in the frame: pixels to a field radius, the centre, and whether x is mirrored (left eyes are painted as right eyes). */
export interface Frame {
  readonly scale: number;
  readonly centre: number;
  readonly mirror: boolean;
}

const clamp = (v: number): number => (v < 0 ? 0 : v > 1 ? 1 : v);
const column = (frame: Frame, x: number): number => frame.centre + (frame.mirror ? -x : x) * frame.scale;

/** A disc with an edge `soft` wide; the larger value stays. */
export function paintDisc(
  layer: Layer,
  frame: Frame,
  x: number,
  y: number,
  radius: number,
  soft: number,
  value: number,
): void {
  const px = column(frame, x);
  const py = frame.centre + y * frame.scale;
  const r = radius * frame.scale;
  const width = Math.max(1.1, soft * frame.scale);
  // A dot smaller than its own edge keeps its absorption in proportion to its area.
  const amount = r < width / 2 ? value * Math.max(0.25, (2 * r) / width) : value;
  const reach = Math.max(r, width / 2) + width;
  const rr = Math.max(r, width / 2);
  const x0 = Math.max(0, Math.floor(px - reach));
  const x1 = Math.min(SIDE - 1, Math.ceil(px + reach));
  const y0 = Math.max(0, Math.floor(py - reach));
  const y1 = Math.min(SIDE - 1, Math.ceil(py + reach));
  for (let j = y0; j <= y1; j++) {
    for (let i = x0; i <= x1; i++) {
      const d = Math.sqrt((i - px) * (i - px) + (j - py) * (j - py));
      const v = amount * clamp(0.5 + (rr - d) / width);
      const at = i + SIDE * j;
      if (v > (layer[at] as number)) layer[at] = v;
    }
  }
}

/** A tapering line with round ends: full in the middle, thinner towards its edges as a tube of blood is; the larger value stays. */
export function paintLine(
  layer: Layer,
  frame: Frame,
  xa: number,
  ya: number,
  ra: number,
  xb: number,
  yb: number,
  rb: number,
  soft: number,
  value: number,
): void {
  const ax = column(frame, xa);
  const ay = frame.centre + ya * frame.scale;
  const bx = column(frame, xb);
  const by = frame.centre + yb * frame.scale;
  const width = Math.max(1.1, soft * frame.scale);
  const least = width / 2;
  const r0 = Math.max(ra * frame.scale, least);
  const r1 = Math.max(rb * frame.scale, least);
  const thin = Math.min(1, (ra * frame.scale) / least);
  const amount = value * (0.35 + 0.65 * thin);
  const reach = Math.max(r0, r1) + width;
  const x0 = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
  const x1 = Math.min(SIDE - 1, Math.ceil(Math.max(ax, bx) + reach));
  const y0 = Math.max(0, Math.floor(Math.min(ay, by) - reach));
  const y1 = Math.min(SIDE - 1, Math.ceil(Math.max(ay, by) + reach));
  const dx = bx - ax;
  const dy = by - ay;
  const length2 = dx * dx + dy * dy + 1e-9;
  for (let j = y0; j <= y1; j++) {
    for (let i = x0; i <= x1; i++) {
      const t = clamp(((i - ax) * dx + (j - ay) * dy) / length2);
      const ex = i - ax - t * dx;
      const ey = j - ay - t * dy;
      const d = Math.sqrt(ex * ex + ey * ey);
      const r = r0 + t * (r1 - r0);
      const cover = clamp(0.5 + (r - d) / width);
      if (cover === 0) continue;
      const chord = 1 - (d * d) / (r * r);
      const v = amount * cover * (0.62 + 0.38 * (chord > 0 ? Math.sqrt(chord) : 0));
      const at = i + SIDE * j;
      if (v > (layer[at] as number)) layer[at] = v;
    }
  }
}

/** A Gaussian spot of standard deviations `sx`, `sy`, turned by `angle`; added. */
export function addSpot(
  layer: Layer,
  frame: Frame,
  x: number,
  y: number,
  sx: number,
  sy: number,
  angle: number,
  value: number,
): void {
  const px = column(frame, x);
  const py = frame.centre + y * frame.scale;
  const a = sx * frame.scale;
  const b = sy * frame.scale;
  const reach = 3.2 * Math.max(a, b);
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const x0 = Math.max(0, Math.floor(px - reach));
  const x1 = Math.min(SIDE - 1, Math.ceil(px + reach));
  const y0 = Math.max(0, Math.floor(py - reach));
  const y1 = Math.min(SIDE - 1, Math.ceil(py + reach));
  for (let j = y0; j <= y1; j++) {
    for (let i = x0; i <= x1; i++) {
      const u = (c * (i - px) + s * (j - py)) / a;
      const v = (c * (j - py) - s * (i - px)) / b;
      const q = u * u + v * v;
      if (q < 10) layer[i + SIDE * j] = (layer[i + SIDE * j] as number) + value * Math.exp(-0.5 * q);
    }
  }
}

/** Adds smooth noise of `cells` cells across the frame and standard deviation about `amount` (value noise, cubic fade between lattice points). */
export function addTexture(layer: Layer, random: RandomStream, cells: number, amount: number): void {
  const n = cells + 2;
  const lattice = new Float32Array(n * n);
  // Uniform on -1..1 has deviation 0.577; interpolation takes about a third of it away again.
  for (let k = 0; k < lattice.length; k++) lattice[k] = (random.float() * 2 - 1) * amount * 2.4;
  const index = new Int32Array(SIDE);
  const weight = new Float32Array(SIDE);
  for (let k = 0; k < SIDE; k++) {
    const at = ((k + 0.5) / SIDE) * cells;
    const cell = Math.min(cells - 1, Math.floor(at));
    const f = at - cell;
    index[k] = cell;
    weight[k] = f * f * (3 - 2 * f);
  }
  const row = new Float32Array(n);
  for (let j = 0; j < SIDE; j++) {
    const top = (index[j] as number) * n;
    const wy = weight[j] as number;
    for (let k = 0; k < n; k++) {
      const upper = lattice[top + k] as number;
      row[k] = upper + wy * ((lattice[top + n + k] as number) - upper);
    }
    const base = SIDE * j;
    for (let i = 0; i < SIDE; i++) {
      const cell = index[i] as number;
      const left = row[cell] as number;
      layer[base + i] = (layer[base + i] as number) + left + (weight[i] as number) * ((row[cell + 1] as number) - left);
    }
  }
}

/** Gaussian blur in place, separable, kernel cut at three deviations; the picture's edge is repeated. `sigma` in pixels. */
export function blur(layer: Layer, sigma: number, scratch: Layer): void {
  const reach = Math.ceil(3 * sigma);
  if (reach < 1) return;
  const kernel = new Float32Array(reach + 1);
  let sum = 0;
  for (let k = 0; k <= reach; k++) {
    kernel[k] = Math.exp((-0.5 * k * k) / (sigma * sigma));
    sum += (k === 0 ? 1 : 2) * (kernel[k] as number);
  }
  for (let k = 0; k <= reach; k++) kernel[k] = (kernel[k] as number) / sum;
  const line = new Float32Array(SIDE + 2 * reach);
  for (let j = 0; j < SIDE; j++) {
    const base = SIDE * j;
    for (let i = 0; i < SIDE; i++) line[i + reach] = layer[base + i] as number;
    for (let k = 0; k < reach; k++) {
      line[k] = layer[base] as number;
      line[SIDE + reach + k] = layer[base + SIDE - 1] as number;
    }
    for (let i = 0; i < SIDE; i++) {
      const at = i + reach;
      let v = (kernel[0] as number) * (line[at] as number);
      for (let k = 1; k <= reach; k++)
        v += (kernel[k] as number) * ((line[at - k] as number) + (line[at + k] as number));
      scratch[base + i] = v;
    }
  }
  for (let j = 0; j < SIDE; j++) {
    const base = SIDE * j;
    const k0 = kernel[0] as number;
    for (let i = 0; i < SIDE; i++) layer[base + i] = k0 * (scratch[base + i] as number);
    for (let k = 1; k <= reach; k++) {
      const w = kernel[k] as number;
      const above = SIDE * Math.max(0, j - k);
      const below = SIDE * Math.min(SIDE - 1, j + k);
      for (let i = 0; i < SIDE; i++) {
        layer[base + i] =
          (layer[base + i] as number) + w * ((scratch[above + i] as number) + (scratch[below + i] as number));
      }
    }
  }
}
