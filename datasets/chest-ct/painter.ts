/** Paints planes of a phantom: tissue from the coarse fields, then primitives, every surface with partial coverage. */
import { fields, nodePixels, nodes, nodeZ } from "./anatomy.js";
import { clamp, sin } from "./elementary.js";
import { noiseTile, kernelProperties, streakTile, tileSize } from "./noise.js";
import type { KernelClass } from "./noise.js";
import { shapeDistance } from "./nodules.js";
import type { Nodule } from "./nodules.js";
import { spineAt } from "./organs.js";
import type { Phantom } from "./phantom.js";
import { kinds, slot, stride } from "./primitives.js";

/** Pixels of a row and of a column. */
export const imageSize = 256;
const pixels = imageSize * imageSize;
const planeNodes = nodes * nodes;
const slabMm = 4;

/** A painter of one phantom with one kernel. Its buffers are reused from plane to plane. */
export interface Painter {
  /** Paints the plane at height z (mm) into `plane`, HU without noise. */
  paint(z: number, plane: Float32Array): void;
  /** Adds noise and writes whole HU in -1024..3071. `sigma` HU at the middle; `offsets` places the noise tile. */
  finish(
    plane: Float32Array,
    z: number,
    sigma: number,
    offsets: readonly [number, number, number, number],
    noise: KernelClass,
    out: Int16Array,
  ): void;
}

export function makePainter(phantom: Phantom, kernel: KernelClass): Painter {
  const { patient, anatomy, primitives } = phantom;
  const px = patient.pixel;
  const middleY = patient.middleY;
  const soft = 0.8 * px * kernelProperties[kernel].width;
  const half = soft / 2;
  const inverse = 1 / soft;
  const background = tableOverlay(phantom);
  const slabs = makeSlabs(phantom);
  const work = Array.from({ length: anatomy.values.length }, () => new Float32Array(planeNodes)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const amplitude = new Float32Array(pixels);
  for (let row = 0; row < imageSize; row++) {
    for (let column = 0; column < imageSize; column++) {
      const u = (column - 127.5) / imageSize;
      const v = (row - 127.5) / imageSize;
      amplitude[row * imageSize + column] = Math.max(0.45, 1.25 - 1.6 * (u * u + v * v));
    }
  }
  const spineOut = new Float64Array(2);

  function paintTissue(z: number, plane: Float32Array): void {
    plane.set(background);
    const w = clamp(z / nodeZ, 0, anatomy.planes - 1.001);
    const k = Math.floor(w);
    const f = w - k;
    const base = k * planeNodes;
    for (let n = 0; n < work.length; n++) {
      const source = anatomy.values[n]!;
      const target = work[n]!;
      for (let i = 0; i < planeNodes; i++) {
        const a = source[base + i]!;
        target[i] = a + (source[base + planeNodes + i]! - a) * f;
      }
    }
    const body = work[fields.body];
    const muscle = work[fields.muscle];
    const cavity = work[fields.cavity];
    const lung = work[fields.lung];
    const abdomen = work[fields.abdomen];
    const texture = work[fields.texture];
    const lungHu = patient.lungHu;
    const emphysema = patient.emphysema;
    const liverHu = patient.enhanced ? 95 : 58;
    const female = patient.sex === "F";
    const breastLine = -0.5 * patient.halfDepth;
    const H = patient.height;
    // Oblique fissures: a thin sheet in each lung, falling towards the front.
    const fissure = 0.7 * H - z;
    for (let j = 0; j < nodes - 1; j++) {
      for (let i = 0; i < nodes - 1; i++) {
        const a = j * nodes + i;
        const b = a + 1;
        const c = a + nodes;
        const d = c + 1;
        const outer = Math.min(body[a]!, body[b]!, body[c]!, body[d]!);
        if (outer > half) continue;
        const lungMost = Math.max(lung[a]!, lung[b]!, lung[c]!, lung[d]!);
        const t0 = texture[a]!;
        const t1 = texture[b]!;
        const t2 = texture[c]!;
        const t3 = texture[d]!;
        const start = j * nodePixels * imageSize + i * nodePixels;
        if (lungMost < -half) {
          for (let r = 0; r < nodePixels; r++) {
            const fy = (r + 0.5) / nodePixels;
            const left = t0 + (t2 - t0) * fy;
            const right = t1 + (t3 - t1) * fy;
            const y = (j * nodePixels + r - 127.5) * px + middleY;
            let at = start + r * imageSize;
            for (let q = 0; q < nodePixels; q++, at++) {
              const t = left + (right - left) * ((q + 0.5) / nodePixels);
              let v = lungHu + 0.35 * y + 30 * t;
              if (emphysema && t > 0.25) v -= Math.min(54, (t - 0.25) * 130);
              const x = (i * nodePixels + q - 127.5) * px;
              const s = 0.7 * (fissure + (y - 66) * 1.02 + x * x * 0.0016 - (x > 0 ? 6 : 0));
              if (s > -1 && s < 1) v += 75 * (1 - (s < 0 ? -s : s));
              plane[at] = v;
            }
          }
          continue;
        }
        const lungLeast = Math.min(lung[a]!, lung[b]!, lung[c]!, lung[d]!);
        const hasLung = lungLeast < half;
        const muscleLeast = Math.min(muscle[a]!, muscle[b]!, muscle[c]!, muscle[d]!);
        const inBody = Math.max(body[a]!, body[b]!, body[c]!, body[d]!) < -3;
        if (muscleLeast > 3 && inBody && !female) {
          // Fat alone.
          for (let r = 0; r < nodePixels; r++) {
            const fy = (r + 0.5) / nodePixels;
            const left = t0 + (t2 - t0) * fy;
            const right = t1 + (t3 - t1) * fy;
            let at = start + r * imageSize;
            for (let q = 0; q < nodePixels; q++, at++) {
              plane[at] = -104 + 9 * (left + (right - left) * ((q + 0.5) / nodePixels));
            }
          }
          continue;
        }
        for (let r = 0; r < nodePixels; r++) {
          const fy = (r + 0.5) / nodePixels;
          const y = (j * nodePixels + r - 127.5) * px + middleY;
          const bodyLeft = body[a]! + (body[c]! - body[a]!) * fy;
          const bodyRight = body[b]! + (body[d]! - body[b]!) * fy;
          const muscleLeft = muscle[a]! + (muscle[c]! - muscle[a]!) * fy;
          const muscleRight = muscle[b]! + (muscle[d]! - muscle[b]!) * fy;
          const cavityLeft = cavity[a]! + (cavity[c]! - cavity[a]!) * fy;
          const cavityRight = cavity[b]! + (cavity[d]! - cavity[b]!) * fy;
          const lungLeft = lung[a]! + (lung[c]! - lung[a]!) * fy;
          const lungRight = lung[b]! + (lung[d]! - lung[b]!) * fy;
          const abdomenLeft = abdomen[a]! + (abdomen[c]! - abdomen[a]!) * fy;
          const abdomenRight = abdomen[b]! + (abdomen[d]! - abdomen[b]!) * fy;
          const textureLeft = t0 + (t2 - t0) * fy;
          const textureRight = t1 + (t3 - t1) * fy;
          let at = start + r * imageSize;
          for (let q = 0; q < nodePixels; q++, at++) {
            const fx = (q + 0.5) / nodePixels;
            const db = bodyLeft + (bodyRight - bodyLeft) * fx;
            if (db > half) continue;
            const t = textureLeft + (textureRight - textureLeft) * fx;
            const dc = cavityLeft + (cavityRight - cavityLeft) * fx;
            let v: number;
            if (dc > -1) {
              const dm = muscleLeft + (muscleRight - muscleLeft) * fx;
              let fat = -104 + 9 * t;
              if (db > -2.2) fat += 75;
              else if (female && y < breastLine && dm > 5 && db < -7 && t > 0.12) {
                fat += Math.min(1, (t - 0.12) * 5) * 118;
              }
              let flesh = 52 + 8 * t;
              const sheet = (dc < 10 ? 10 - dc : dc - 10) * 0.7;
              if (sheet < 1 && t > 0) flesh -= (1 - sheet) * Math.min(1, t * 4) * 130;
              const cm = clamp(0.5 - dm * inverse, 0, 1);
              v = fat + cm * (flesh - fat);
            } else {
              const da = abdomenLeft + (abdomenRight - abdomenLeft) * fx;
              v = -94 + 12 * t;
              if (da < 3) {
                const x = (i * nodePixels + q - 127.5) * px;
                let deep = -100 + 10 * t;
                const edge = clamp(0.5 - (x + 0.45 * y - 24 + 10 * t) * 0.25, 0, 1);
                deep += edge * (liverHu - deep);
                if (da > -2.6) deep = 46;
                v += clamp(0.5 - da * inverse, 0, 1) * (deep - v);
              }
            }
            if (hasLung) {
              const dl = lungLeft + (lungRight - lungLeft) * fx;
              const cl = 0.5 - dl * inverse;
              if (cl > 0) {
                const lungValue = lungHu + 0.35 * y + 30 * t;
                v += (cl > 1 ? 1 : cl) * (lungValue - v);
              }
            }
            const cb = 0.5 - db * inverse;
            const under = plane[at]!;
            plane[at] = cb >= 1 ? v : under + cb * (v - under);
          }
        }
      }
    }
  }

  function paintCapsule(at: number, z: number, plane: Float32Array, onlyBrighten: boolean): void {
    const data = primitives.data;
    const s = at + slot.shape;
    const x0 = data[s]!;
    const y0 = data[s + 1]!;
    const z0 = data[s + 2]!;
    let r0 = data[s + 3]!;
    const x1 = data[s + 4]!;
    const y1 = data[s + 5]!;
    const z1 = data[s + 6]!;
    let r1 = data[s + 7]!;
    let share = 1;
    const thin = (r0 + r1) / 2;
    if (thin < half) {
      // A tube thinner than the edge: painted at the edge's width, weaker.
      const q = thin / half;
      share = q * Math.sqrt(q);
      r0 = half * (r0 / thin);
      r1 = half * (r1 / thin);
    }
    const hu = data[at + slot.hu]!;
    const most = (r0 > r1 ? r0 : r1) + half;
    // The stretch of the axis that comes near enough to the plane.
    const dz = z1 - z0;
    let ta = 0;
    let tb = 1;
    if (dz > 1e-9 || dz < -1e-9) {
      const p = (z - most - z0) / dz;
      const q = (z + most - z0) / dz;
      ta = Math.max(0, Math.min(p, q));
      tb = Math.min(1, Math.max(p, q));
      if (ta > tb) return;
    } else if (z - z0 > most || z0 - z > most) return;
    const dx = x1 - x0;
    const dy = y1 - y0;
    const xa = x0 + dx * ta;
    const xb = x0 + dx * tb;
    const ya = y0 + dy * ta;
    const yb = y0 + dy * tb;
    const left = Math.max(0, Math.ceil(((xa < xb ? xa : xb) - most) / px + 127.5));
    const right = Math.min(imageSize - 1, Math.floor(((xa > xb ? xa : xb) + most) / px + 127.5));
    const top = Math.max(0, Math.ceil(((ya < yb ? ya : yb) - most - middleY) / px + 127.5));
    const bottom = Math.min(imageSize - 1, Math.floor(((ya > yb ? ya : yb) + most - middleY) / px + 127.5));
    const square = dx * dx + dy * dy + dz * dz;
    const per = square > 1e-12 ? 1 / square : 0;
    const qz = z - z0;
    const dr = r1 - r0;
    for (let row = top; row <= bottom; row++) {
      const qy = (row - 127.5) * px + middleY - y0;
      const fixed = (qy * dy + qz * dz) * per;
      for (let column = left; column <= right; column++) {
        const qx = (column - 127.5) * px - x0;
        let t = qx * dx * per + fixed;
        if (t < 0) t = 0;
        else if (t > 1) t = 1;
        const ex = qx - t * dx;
        const ey = qy - t * dy;
        const ez = qz - t * dz;
        const distance = ex * ex + ey * ey + ez * ez;
        const radius = r0 + t * dr;
        const limit = radius + half;
        if (distance >= limit * limit) continue;
        let c = (limit - Math.sqrt(distance)) * inverse;
        if (c > 1) c = 1;
        const index = row * imageSize + column;
        const under = plane[index]!;
        const v = under + c * share * (hu - under);
        if (!onlyBrighten || v > under) plane[index] = v;
      }
    }
  }

  function paintEllipsoid(at: number, z: number, plane: Float32Array): void {
    const data = primitives.data;
    const s = at + slot.shape;
    const x0 = data[s]!;
    const y0 = data[s + 1]!;
    const w = z - data[s + 2]!;
    const a = data[s + 3]!;
    const b = data[s + 4]!;
    const c = data[s + 5]!;
    const turnCos = data[s + 6]!;
    const turnSin = data[s + 7]!;
    const hu = data[at + slot.hu]!;
    const edge = soft + data[at + slot.soft]!;
    const reach = Math.max(a, b) + edge;
    const left = Math.max(0, Math.ceil((x0 - reach) / px + 127.5));
    const right = Math.min(imageSize - 1, Math.floor((x0 + reach) / px + 127.5));
    const top = Math.max(0, Math.ceil((y0 - reach - middleY) / px + 127.5));
    const bottom = Math.min(imageSize - 1, Math.floor((y0 + reach - middleY) / px + 127.5));
    const a2 = 1 / (a * a);
    const b2 = 1 / (b * b);
    const w2 = (w * w) / (c * c);
    const w4 = w2 / (c * c);
    // Inside `core` of the unit ball the voxel is full, outside `rim` it is untouched.
    const least = Math.min(a, b, c);
    const core = Math.max(0, 1 - edge / least);
    const rim = 1 + edge / least;
    for (let row = top; row <= bottom; row++) {
      const qy = (row - 127.5) * px + middleY - y0;
      for (let column = left; column <= right; column++) {
        const qx = (column - 127.5) * px - x0;
        const u = qx * turnCos + qy * turnSin;
        const v = qy * turnCos - qx * turnSin;
        const u2 = u * u * a2;
        const v2 = v * v * b2;
        const square = u2 + v2 + w2;
        if (square > rim * rim) continue;
        const index = row * imageSize + column;
        if (square < core * core) {
          plane[index] = hu;
          continue;
        }
        const k1 = Math.sqrt(square);
        const k2 = Math.sqrt(u2 * a2 + v2 * b2 + w4);
        const distance = k2 < 1e-9 ? -least : (k1 * (k1 - 1)) / k2;
        const cover = clamp(0.5 - distance / edge, 0, 1);
        const under = plane[index]!;
        plane[index] = under + cover * (hu - under);
      }
    }
  }

  function paintNodule(nodule: Nodule, reach: number, z: number, plane: Float32Array): void {
    const [x0, y0, z0] = nodule.center;
    const shape = nodule.shape;
    const qz = z - z0;
    const edge = soft + nodule.soft;
    const subsolid = nodule.type === "ground-glass" || nodule.type === "part-solid";
    const left = Math.max(0, Math.ceil((x0 - reach) / px + 127.5));
    const right = Math.min(imageSize - 1, Math.floor((x0 + reach) / px + 127.5));
    const top = Math.max(0, Math.ceil((y0 - reach - middleY) / px + 127.5));
    const bottom = Math.min(imageSize - 1, Math.floor((y0 + reach - middleY) / px + 127.5));
    const [ox, oy, oz] = nodule.coreOffset;
    for (let row = top; row <= bottom; row++) {
      const qy = (row - 127.5) * px + middleY - y0;
      for (let column = left; column <= right; column++) {
        const qx = (column - 127.5) * px - x0;
        const index = row * imageSize + column;
        let under = plane[index]!;
        const cover = clamp(0.5 - shapeDistance(shape, qx, qy, qz) / edge, 0, 1);
        if (cover > 0) {
          let hu = nodule.hu;
          if (subsolid) {
            hu +=
              26 * sin(qx * 1.1 + qy * 0.5 + z0) +
              26 * sin(qy * 0.9 - qz * 0.8 + x0) +
              22 * sin(qz * 1.2 + qx * 0.6 - qy * 0.4 + y0);
            // Vessels stay visible through it.
            if (hu < under) hu = under;
          }
          const v = under + cover * (hu - under);
          if (v > under) under = v;
          if (nodule.coreRadius > 0) {
            const ex = qx - ox;
            const ey = qy - oy;
            const ez = qz - oz;
            const core = clamp(0.5 - (Math.sqrt(ex * ex + ey * ey + ez * ez) - nodule.coreRadius) / (soft + 0.8), 0, 1);
            if (core > 0) under = Math.max(under, under + core * (nodule.coreHu - under));
          }
        }
        for (const [nx, ny, nz, length, thick] of shape.needles) {
          const along = qx * nx + qy * ny + qz * nz;
          const end = length * shape.radius;
          if (along < 0.6 * shape.radius || along > end) continue;
          const ex = qx - along * nx;
          const ey = qy - along * ny;
          const ez = qz - along * nz;
          const taper = thick * (1 - (0.75 * along) / end);
          const d = Math.sqrt(ex * ex + ey * ey + ez * ez) - Math.max(taper, half);
          const q = taper < half ? taper / half : 1;
          const needle = clamp(0.5 - d * inverse, 0, 1) * q * Math.sqrt(q);
          const hu = subsolid ? -480 : -40;
          if (needle > 0 && under < hu) under += needle * (hu - under);
        }
        plane[index] = under;
      }
    }
  }

  function paintSpine(at: number, z: number, plane: Float32Array): void {
    const s = at + slot.shape;
    const y0 = primitives.data[s + 2]!;
    const left = Math.ceil(-36 / px + 127.5);
    const right = Math.floor(36 / px + 127.5);
    const top = Math.max(0, Math.ceil((y0 - 34 - middleY) / px + 127.5));
    const bottom = Math.min(imageSize - 1, Math.floor((y0 + 30 - middleY) / px + 127.5));
    for (let row = top; row <= bottom; row++) {
      const y = (row - 127.5) * px + middleY;
      for (let column = left; column <= right; column++) {
        spineAt(patient, (column - 127.5) * px, y, z, soft, spineOut);
        const c = spineOut[0]!;
        if (c <= 0) continue;
        const index = row * imageSize + column;
        const under = plane[index]!;
        plane[index] = under + c * (spineOut[1]! - under);
      }
    }
  }

  return {
    paint(z, plane) {
      paintTissue(z, plane);
      const slab = slabs[clamp(Math.floor(z / slabMm), 0, slabs.length - 1)]!;
      const data = primitives.data;
      for (let n = 0; n < slab.length; n++) {
        const at = slab[n]!;
        if (z < data[at + slot.low]! || z > data[at + slot.high]!) continue;
        const kind = data[at + slot.kind]!;
        if (kind === kinds.capsuleMax) paintCapsule(at, z, plane, true);
        else if (kind === kinds.capsule) paintCapsule(at, z, plane, false);
        else if (kind === kinds.ellipsoid) paintEllipsoid(at, z, plane);
        else if (kind === kinds.spine) paintSpine(at, z, plane);
        else {
          const s = at + slot.shape;
          paintNodule(phantom.nodules[data[s]!]!, data[s + 3]!, z, plane);
        }
      }
    },
    finish(plane, z, sigma, offsets, noise, out) {
      const tile = noiseTile(noise);
      const [ox, oy, flip, streakOffset] = offsets;
      const mask = tileSize - 1;
      const shoulder = clamp((z / patient.height - 0.86) / 0.12, 0, 1);
      const strength = sigma * (1 + 0.8 * shoulder);
      const streaks = shoulder > 0 ? streakTile() : undefined;
      const streakStrength = sigma * 1.4 * shoulder;
      for (let row = 0; row < imageSize; row++) {
        const tileRow = ((row + oy) & mask) * tileSize;
        const streakRow = ((row + streakOffset) & mask) * tileSize;
        const first = row * imageSize;
        for (let column = 0; column < imageSize; column++) {
          const along = flip === 0 ? column + ox : ox - column;
          const index = first + column;
          const gain = amplitude[index]!;
          let v = plane[index]! + tile[tileRow + (along & mask)]! * gain * strength;
          if (streaks) v += streaks[streakRow + (along & mask)]! * gain * gain * streakStrength;
          out[index] = v < -1024 ? -1024 : v > 3071 ? 3071 : ((v + 4096.5) | 0) - 4096;
        }
      }
    },
  };
}

/** What lies outside the body, the same at every height: air and the scanner's table, its sides raised. */
function tableOverlay(phantom: Phantom): Float32Array {
  const { patient } = phantom;
  const overlay = new Float32Array(pixels).fill(-1000);
  for (let row = 0; row < imageSize; row++) {
    const y = (row - 127.5) * patient.pixel + patient.middleY;
    for (let column = 0; column < imageSize; column++) {
      const x = (column - 127.5) * patient.pixel;
      const depth = y - patient.halfDepth + 0.0007 * x * x;
      const line = Math.min(Math.abs(depth - 6), Math.abs(depth - 30 + 0.0004 * x * x));
      const inside = depth > 6 && depth < 30 - 0.0004 * x * x;
      const cover = clamp(1.4 - line / patient.pixel, 0, 1);
      const base = inside ? -940 : -1000;
      overlay[row * imageSize + column] = base + cover * (-580 - base);
    }
  }
  return overlay;
}

/** For each 4 mm of height the primitives that may meet it, in painting order. */
function makeSlabs(phantom: Phantom): Int32Array[] {
  const { data, count } = phantom.primitives;
  const n = Math.ceil(phantom.patient.height / slabMm) + 1;
  const lists: number[][] = Array.from({ length: n }, () => []);
  for (let p = 0; p < count; p++) {
    const at = p * stride;
    const first = clamp(Math.floor(data[at + slot.low]! / slabMm), 0, n - 1);
    const last = clamp(Math.floor(data[at + slot.high]! / slabMm), 0, n - 1);
    for (let k = first; k <= last; k++) lists[k]!.push(at);
  }
  return lists.map((list) => Int32Array.from(list));
}
