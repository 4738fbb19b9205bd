/** Heart, great vessels, abdominal organs, lymph nodes and bones of a patient as primitives. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { aortaAt, cavityScale, diaphragmHeight, heartOf, onCavity } from "./anatomy.js";
import { between, cos, sin, smoothStep } from "./elementary.js";
import type { Patient } from "./patient.js";
import { kinds } from "./primitives.js";
import type { PrimitiveList } from "./primitives.js";

type Point = readonly [number, number, number];

/** Lymph nodes and other soft bodies that a reader may take for something: position and size. */
export interface Distractor {
  readonly center: Point;
  readonly diameterMm: number;
  readonly kind: "node" | "scar" | "fork";
}

/** A chain of capsules through points with radii. */
function tube(list: PrimitiveList, points: readonly (readonly [...Point, number])[], hu: number): void {
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!;
    const b = points[i]!;
    list.capsule([a[0], a[1], a[2]], a[3], [b[0], b[1], b[2]], b[3], hu);
  }
}

/** Organs of the mediastinum and the upper abdomen; returns the lymph nodes. */
export function addOrgans(patient: Patient, list: PrimitiveList): Distractor[] {
  const random = new RandomStream(BigInt(patient.seed), streamOf("chest-ct", "organs"));
  const { height: H, bloodHu: blood, spineY, enhanced } = patient;
  const heart = heartOf(patient);
  const turnCos = cos(heart.turn);
  const turnSin = sin(heart.turn);
  const [hx, hy, hz] = heart.center;
  const s = patient.heartScale;
  const distractors: Distractor[] = [];

  // Spleen, stomach with its air bubble, liver's vessels. The liver itself is a region of the base plane.
  const left = 0.52 * patient.cavityX;
  const spleenTop = diaphragmHeight(patient, left + 18, 28) - 5;
  list.ellipsoid([left + 22, 30, spleenTop - 48], [30, 40, 48], enhanced ? 110 : 50);
  const stomachTop = diaphragmHeight(patient, left - 6, -20) - 6;
  list.ellipsoid([left - 8, -14, stomachTop - 40], [38, 36, 40], 28);
  list.ellipsoid([left - 8, -30, stomachTop - 30], [26, 15, 24], -985);
  for (let i = 0; i < 9; i++) {
    const from: Point = [
      -0.45 * patient.cavityX + 40 * (random.float() - 0.5),
      60 * (random.float() - 0.5),
      patient.domeRight - 15 - 60 * random.float(),
    ];
    list.capsule(
      from,
      between(random, 2, 4),
      [from[0] + between(random, 10, 45), from[1] + between(random, -12, 12), from[2] - between(random, 0, 15)],
      between(random, 3, 6),
      enhanced ? 130 : 40,
    );
  }

  // Heart: muscle, then chambers where contrast shows them, epicardial fat in the groove.
  list.ellipsoid(heart.center, heart.radii, enhanced ? 85 : 44, turnCos, turnSin, 1);
  if (enhanced) {
    list.ellipsoid([hx + 16 * s, hy + 8 * s, hz - 6], [25 * s, 17 * s, 30 * s], blood, turnCos, turnSin, 2);
    list.ellipsoid([hx - 10 * s, hy - 18 * s, hz - 6], [27 * s, 13 * s, 30 * s], blood + 15, turnCos, turnSin, 2);
    list.ellipsoid([hx - 34 * s, hy - 2, hz + 6], [17 * s, 19 * s, 26 * s], blood + 10, 1, 0, 2);
    list.ellipsoid([hx - 8 * s, hy + 30 * s, hz + 18], [28 * s, 13 * s, 22 * s], blood, 1, 0, 2);
  }
  list.capsule([hx - 8, hy - 33 * s, hz + 30], 2.6, [hx + 34 * s, hy - 6, hz - 10], 1.8, -85);

  // Great vessels.
  const [dx, dy] = aortaAt(patient, 0.6 * H);
  const [ex, ey] = aortaAt(patient, 0);
  const [mx, my] = aortaAt(patient, 0.3 * H);
  tube(
    list,
    [
      [6, -22, 0.47 * H, 13],
      [-13, -22, 0.55 * H, 15],
      [-14, -18, 0.63 * H, 15],
      [-6, -8, 0.69 * H, 14],
      [8, 8, 0.715 * H, 13],
      [20, 24, 0.695 * H, 12.5],
      [dx, dy - 2, 0.645 * H, 12],
      [dx, dy, 0.58 * H, 11.5],
      [mx, my, 0.3 * H, 11],
      [ex, ey, 0, 10],
    ],
    blood,
  );
  tube(
    list,
    [
      [24, -34, 0.47 * H, 12],
      [22, -20, 0.545 * H, 13],
      [18, -6, 0.575 * H, 12.5],
    ],
    blood + 10,
  );
  tube(
    list,
    [
      [18, -6, 0.57 * H, 11],
      [-4, 2, 0.567 * H, 10.5],
      [-30, 12, 0.558 * H, 9],
      [-38, 18, 0.54 * H, 7],
    ],
    blood + 10,
  );
  tube(
    list,
    [
      [18, -6, 0.58 * H, 11],
      [32, 12, 0.585 * H, 10],
      [40, 22, 0.56 * H, 7.5],
    ],
    blood + 10,
  );
  const cava = enhanced ? blood + 120 : 44;
  tube(
    list,
    [
      [-24, -14, 0.8 * H, 7.5],
      [-26, -12, 0.66 * H, 8.5],
      [-24, -6, 0.5 * H, 9],
    ],
    cava,
  );
  tube(
    list,
    [
      [-24, -14, 0.79 * H, 7],
      [-30, -10, 0.88 * H, 6],
      [-46, -16, 0.97 * H, 6],
    ],
    enhanced ? blood + 60 : 44,
  );
  tube(
    list,
    [
      [-24, -16, 0.78 * H, 6.5],
      [4, -24, 0.82 * H, 6],
      [26, -16, 0.9 * H, 6],
      [48, -16, 0.99 * H, 6],
    ],
    cava,
  );
  for (const [x0, y0, x1, y1, r] of [
    [-6, -4, -22, 4, 6],
    [5, 6, 16, 12, 4],
    [14, 16, 26, 26, 4.8],
  ] as const) {
    tube(
      list,
      [
        [x0, y0, 0.71 * H, r],
        [(x0 + x1) / 2, (y0 + y1) / 2, 0.82 * H, r],
        [x1, y1, H + 10, r],
      ],
      blood,
    );
  }
  tube(
    list,
    [
      [-16, 6, 0.3 * H, 11],
      [-22, 2, 0.1 * H, 12],
      [-20, 6, -5, 12],
    ],
    enhanced ? 110 : 40,
  );
  // Left atrium and lower pulmonary veins, oesophagus, azygos vein.
  tube(
    list,
    [
      [-28, 22, 0.47 * H, 6],
      [6, 12, 0.475 * H, 13],
      [34, 24, 0.475 * H, 6],
    ],
    blood,
  );
  tube(
    list,
    [
      [4, spineY - 22, H + 5, 6.5],
      [6, spineY - 21, 0.62 * H, 7],
      [10, spineY - 23, 0.4 * H, 7],
      [14, spineY - 36, 0.2 * H, 7.5],
    ],
    35,
  );
  tube(
    list,
    [
      [-8, spineY - 14, 0, 3.4],
      [-8, spineY - 14, 0.6 * H, 3.8],
    ],
    enhanced ? 130 : 42,
  );
  for (let i = 0; i < 14; i++) {
    const r = between(random, 2.5, 5.5);
    const side = random.float() < 0.5 ? -1 : 1;
    const hilar = i < 5;
    const center: Point = hilar
      ? [side * between(random, 30, 42), between(random, 10, 30), H * between(random, 0.5, 0.62)]
      : [between(random, -24, 22), between(random, -25, spineY - 25), H * between(random, 0.55, 0.8)];
    list.ellipsoid(center, [r, r * between(random, 0.8, 1.4), r * between(random, 0.8, 1.3)], 35, 1, 0, 0.5);
    if (hilar) distractors.push({ center, diameterMm: 2 * r, kind: "node" });
  }
  return distractors;
}

/** Muscle-skeleton: spine, ribs, breastbone, collar bones, shoulder blades, heads of the upper arms. */
export function addBones(patient: Patient, list: PrimitiveList): void {
  const random = new RandomStream(BigInt(patient.seed), streamOf("chest-ct", "bones"));
  const { height: H, boneScale, spineY } = patient;
  const cortex = between(random, 380, 430) * boneScale;
  const marrow = between(random, 150, 190) * boneScale;
  list.special(kinds.spine, 0, 0, spineY + 18, -1, H + 10, 48);

  // Ribs: falling towards the front; an outer and an inner tube, each twice in z for a tall section.
  for (let rib = 0; rib < 13; rib++) {
    const zBack = H * 0.985 - rib * 22 + between(random, -1.5, 1.5);
    const fall = between(random, 60, 82) * (rib < 2 ? 0.45 : 1);
    const reach = rib > 10 ? between(random, 1.2, 1.8) : 2.55;
    for (const side of [-1, 1]) {
      const steps = 18;
      const points: Point[] = [];
      for (let i = 0; i <= steps; i++) {
        const angle = 0.16 + ((reach - 0.16) * i) / steps;
        const t = angle / 2.55;
        const z = zBack - fall * (t * t * (1.6 - 0.6 * t));
        const [x, y] = onCavity(patient, angle, side, z, 7.5);
        points.push([x, y, z]);
      }
      // The head of the rib reaches the vertebra.
      points.unshift([side * 19, spineY + 8, zBack + 3]);
      for (const layer of [0, 1]) {
        for (let i = 1; i < points.length; i++) {
          const cartilage = reach === 2.55 && i > points.length - 4;
          const radius = layer === 0 ? 3.3 : 1.8;
          const hu = layer === 0 ? (cartilage ? 150 : cortex) : cartilage ? 90 : marrow;
          for (const dz of [-2.6, 2.6]) {
            const a = points[i - 1]!;
            const b = points[i]!;
            if (b[2] < -12 && a[2] < -12) continue;
            list.capsule([a[0], a[1], a[2] + dz], radius, [b[0], b[1], b[2] + dz], radius, hu);
          }
        }
      }
    }
  }
  // Breastbone.
  for (const layer of [0, 1]) {
    for (const dx of [-10, -3.5, 3.5, 10]) {
      const points: (readonly [...Point, number])[] = [];
      for (let i = 0; i <= 6; i++) {
        const z = H * (0.36 + (0.42 * i) / 6);
        const widen = i > 4 ? 1.5 : 1;
        const depth = patient.cavityY * Math.max(0.45, cavityScale(patient, z)) + 7;
        points.push([dx * widen, -depth, z, layer === 0 ? 5 : 3.6]);
      }
      tube(list, points, layer === 0 ? cortex * 0.7 : marrow * 0.8);
    }
  }
  for (const side of [-1, 1]) {
    // Collar bone.
    for (const [radius, hu] of [
      [5.6, cortex],
      [3.2, marrow],
    ] as const) {
      const front = -patient.cavityY * Math.max(0.45, cavityScale(patient, 0.84 * H)) - 4;
      tube(
        list,
        [
          [side * 22, front, 0.84 * H, radius + 1],
          [side * 52, front + 4, 0.9 * H, radius],
          [side * 0.62 * patient.halfWidth, -26, 0.955 * H, radius - 0.6],
          [side * 0.86 * patient.halfWidth, -6, H, radius],
        ],
        hu,
      );
    }
    // Shoulder blade: a thin oblique plate over the ribs, with a thicker lateral border and its spine above.
    for (let i = 0; i < 30; i++) {
      const z = H * 0.6 + 4 * i;
      if (z > H + 6) break;
      const rise = i / 29;
      const at = Math.min(z, 0.7 * H);
      const [mx, my] = onCavity(patient, 0.62 - 0.1 * rise, side, at, 13);
      const [lx, ly] = onCavity(patient, 1.0 + 0.3 * rise, side, at, 15);
      const [cx, cy] = onCavity(patient, 0.82 + 0.1 * rise, side, at, 12);
      list.capsule([mx, my, z], 2.4, [cx, cy, z], 1.6, cortex * 0.9);
      list.capsule([cx, cy, z], 1.6, [lx, ly, z], 4.2 + 2.5 * rise, cortex * 0.9);
      list.capsule([lx, ly, z], 2.4 + 2 * rise, [lx, ly, z + 1], 2.4 + 2 * rise, marrow);
      if (rise > 0.5) {
        const out = 15 * smoothStep(0.5, 0.75, rise);
        list.capsule([cx, cy, z], 2, [cx + side * 0.4 * out, cy + 0.6 * out, z], 2.6, cortex * 0.85);
      }
    }
    // Head and neck of the upper arm, lying upward in the raised-arm position.
    const headX = side * 0.93 * patient.halfWidth;
    list.ellipsoid([headX, -2, H * 1.0], [21, 21, 24], cortex * 1.1);
    list.ellipsoid([headX, -2, H * 1.0], [18.6, 18.6, 21.5], marrow);
  }
}

/** Value of the spine at a point, or NaN outside it. `soft` is the width of an edge in mm. Written into `out`: [coverage, HU]. */
export function spineAt(patient: Patient, x: number, y: number, z: number, soft: number, out: Float64Array): void {
  const period = 22;
  const level = (((z + patient.vertebraPhase) % period) + period) % period;
  const dy = y - patient.spineY;
  const disc = level < period * 0.2;
  const waist = disc ? 1.02 : 1 - 0.1 * sin((Math.PI * (level - 0.2 * period)) / (0.8 * period));
  const a = 17.5 * waist;
  const b = 13 * waist;
  const scale = patient.boneScale;
  out[0] = 0;
  // Body, its hind face flattened.
  const u = x / a;
  const v = dy / b;
  const body = Math.max((Math.sqrt(u * u + v * v) - 1) * 14, dy - 10.5);
  const cover = 0.5 - body / soft;
  if (cover > 0) {
    out[0] = cover > 1 ? 1 : cover;
    const edge = -body;
    const endPlate = Math.min(level - 0.2 * period, period - level);
    out[1] = disc ? 85 : edge < 2.2 || endPlate < 1.6 ? 300 * scale : 165 * scale;
    if (cover >= 1) return;
  }
  const cy = dy - 19;
  const canal = Math.sqrt((x * x) / 1.15 + cy * cy) - 8.2;
  if (canal < 0) {
    out[0] = 1;
    out[1] = canal > -2 ? -20 : 28;
    return;
  }
  // Arch: pedicles and laminae for three quarters of a level, then the processes.
  const arch = Math.abs(canal - 2.6) - 2.4;
  let bone = level > 3 && level < 17 ? arch : 9;
  const ax = Math.abs(x);
  // Spinous process, sloping down.
  const spinousLevel = level + (dy - 28) * 0.7;
  if (dy > 27 && dy < 46) bone = Math.min(bone, Math.max(ax - 2.6, Math.abs(spinousLevel - 14) - 6.5, dy - 44));
  // Transverse process.
  if (ax > 9) {
    const ty = dy - 18 - 0.35 * (ax - 9);
    const tz = level - 13;
    bone = Math.min(bone, Math.max(Math.sqrt(ty * ty + tz * tz * 0.8) - 5, ax - 31));
  }
  const coverBone = 0.5 - bone / soft;
  if (coverBone > out[0]) {
    out[0] = coverBone > 1 ? 1 : coverBone;
    out[1] = bone < -1.6 ? 190 * scale : 370 * scale;
  }
}
