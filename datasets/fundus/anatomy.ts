/** The healthy part of a fundus: disc, fovea, and vessels grown step by step from the disc. Unit: field radius; painted as a right eye (disc at right). */
import type { RandomStream } from "../../src/stats/random.js";
import { between, chance } from "./draw.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One straight piece of a vessel. */
interface VesselPiece {
  readonly xa: number;
  readonly ya: number;
  readonly ra: number;
  readonly xb: number;
  readonly yb: number;
  readonly rb: number;
  readonly artery: boolean;
  readonly depth: number;
}

export interface Anatomy {
  readonly fovea: Point;
  readonly disc: Point;
  readonly discRadius: number;
  /** Cup radius as a share of the disc's. */
  readonly cup: number;
  readonly vessels: readonly VesselPiece[];
}

const STEP = 0.012;

interface Course {
  readonly guide: readonly Point[];
  readonly artery: boolean;
  readonly radius: number;
  readonly depth: number;
  readonly length: number;
  readonly beading: number;
  /** Deviation of the bend drawn at each step: how winding the vessels of this eye are. */
  readonly winding: number;
}

/** Draws the anatomy of one eye. @param beading share by which vein calibre swings (0 in eyes without venous beading). */
export function drawAnatomy(random: RandomStream, beading: number): Anatomy {
  const fovea = { x: -between(random, 0.09, 0.22), y: between(random, -0.05, 0.06) };
  const disc = { x: fovea.x + between(random, 0.66, 0.76), y: fovea.y - between(random, 0.01, 0.09) };
  const discRadius = between(random, 0.122, 0.152);
  const vessels: VesselPiece[] = [];
  const winding = between(random, 0.017, 0.032);
  const veins = between(random, 0.0105, 0.0138);
  const arteries = between(random, 0.0078, 0.0102);
  for (const artery of [false, true]) {
    for (const side of [-1, 1]) {
      const radius = artery ? arteries : veins;
      const height = between(random, 0.46, 0.62) + (artery ? 0.06 : 0);
      const start = { x: disc.x - between(random, -0.01, 0.03), y: disc.y + side * between(random, 0, 0.02) };
      // The arcade: up beside the disc, over the fovea, down again towards the temporal raphe.
      const temporal = [
        start,
        { x: disc.x - 0.04 - 0.05 * random.float(), y: disc.y + side * discRadius * 1.3 },
        { x: disc.x - 0.2 - 0.08 * random.float(), y: fovea.y + side * height * 0.78 },
        { x: fovea.x + 0.12, y: fovea.y + side * height },
        { x: fovea.x - 0.34, y: fovea.y + side * height * between(random, 0.78, 1.1) },
        { x: fovea.x - 0.95, y: fovea.y + side * height * between(random, 0.3, 1.25) },
      ];
      const nasal = [
        start,
        { x: disc.x + 0.06 * random.float(), y: disc.y + side * discRadius * 1.25 },
        { x: disc.x + between(random, 0.1, 0.26), y: disc.y + side * between(random, 0.34, 0.5) },
        { x: disc.x + between(random, 0.15, 0.55), y: disc.y + side * between(random, 0.8, 1) },
      ];
      grow(random, vessels, fovea, {
        guide: temporal,
        artery,
        radius: radius * between(random, 0.92, 1.1),
        depth: 0,
        length: 2.2,
        beading,
        winding,
      });
      grow(random, vessels, fovea, {
        guide: nasal,
        artery,
        radius: radius * between(random, 0.6, 0.8),
        depth: 0,
        length: 1.2,
        beading,
        winding,
      });
    }
  }
  // Small vessels that leave the disc by themselves: a few nasally, two or three towards the macula.
  const small = 6 + random.below(4);
  for (let k = 0; k < small; k++) {
    const toMacula = k < 3;
    const angle = toMacula ? Math.PI + (k - 1) * 0.42 + between(random, -0.15, 0.15) : between(random, -1.15, 1.15);
    const reach = toMacula ? between(random, 0.3, 0.52) : between(random, 0.35, 0.7);
    const from = { x: disc.x + 0.05 * Math.cos(angle), y: disc.y + 0.05 * Math.sin(angle) };
    const to = { x: disc.x + reach * Math.cos(angle), y: disc.y + reach * Math.sin(angle) };
    grow(random, vessels, fovea, {
      guide: [from, to],
      artery: chance(random, 0.5),
      radius: between(random, 0.0045, 0.0075),
      depth: 1,
      length: reach,
      beading: 0,
      winding,
    });
  }
  return { fovea, disc, discRadius, cup: between(random, 0.3, 0.6), vessels };
}

/** Grows one vessel along its guide with an autoregressive bend, and its side branches. */
function grow(random: RandomStream, out: VesselPiece[], fovea: Point, course: Course): void {
  const guide = course.guide;
  const first = guide[0] as Point;
  let { x, y } = first;
  let heading = Math.atan2((guide[1] as Point).y - y, (guide[1] as Point).x - x);
  let leg = 1;
  let bend = 0;
  let travelled = 0;
  let radius = course.radius;
  let nextBranch = between(random, 0.1, 0.24);
  let side = chance(random, 0.5) ? 1 : -1;
  let beadPeriod = between(random, 0.05, 0.09);
  let beadPhase = 0;
  const beadStart = between(random, 0, 6);
  while (travelled < course.length) {
    let goal = guide[leg];
    while (goal !== undefined && leg < guide.length && passed(x, y, guide[leg - 1] as Point, goal)) goal = guide[++leg];
    if (goal !== undefined && leg < guide.length) {
      let turn = Math.atan2(goal.y - y, goal.x - x) - heading;
      if (turn > Math.PI) turn -= 2 * Math.PI;
      if (turn < -Math.PI) turn += 2 * Math.PI;
      heading += 0.09 * turn;
    }
    bend = 0.82 * bend + course.winding * (1 + 0.55 * course.depth) * random.normal();
    heading += bend;
    const nx = x + STEP * Math.cos(heading);
    const ny = y + STEP * Math.sin(heading);
    if (nx * nx + ny * ny > 1.08) return;
    if (distance(nx, ny, fovea) < 0.1) return;
    travelled += STEP;
    beadPhase += (2 * Math.PI * STEP) / beadPeriod;
    beadPeriod = Math.min(0.1, Math.max(0.045, beadPeriod + 0.006 * random.normal()));
    const taper = 1 - 0.6 * Math.min(1, travelled / Math.max(course.length, 0.3));
    const bead =
      course.artery || course.beading === 0
        ? 1
        : 1 + course.beading * Math.sin(beadPhase) * (0.5 + 0.5 * Math.sin(5 * travelled + beadStart));
    const next = course.radius * taper * bead;
    out.push({ xa: x, ya: y, ra: radius, xb: nx, yb: ny, rb: next, artery: course.artery, depth: course.depth });
    x = nx;
    y = ny;
    radius = next;
    if (travelled >= nextBranch && course.depth < 3) {
      nextBranch = travelled + between(random, 0.12, 0.34) * (1 + 0.5 * course.depth);
      side = chance(random, 0.7) ? -side : side;
      const angle = heading + side * between(random, 0.45, 0.95);
      const reach = between(random, 0.2, 0.55) * (course.depth === 0 ? 1.15 : 0.8);
      const to = { x: x + reach * Math.cos(angle - side * 0.25), y: y + reach * Math.sin(angle - side * 0.25) };
      const via = { x: x + 0.12 * Math.cos(angle), y: y + 0.12 * Math.sin(angle) };
      const branch = course.radius * taper * between(random, 0.4, 0.7);
      if (branch > 0.0016) {
        grow(random, out, fovea, {
          guide: [{ x, y }, via, to],
          artery: course.artery,
          radius: branch,
          depth: course.depth + 1,
          length: reach,
          beading: course.beading * 0.7,
          winding: course.winding,
        });
      }
    }
  }
}

/** Whether a vessel at (x, y) is near the goal of its leg or beyond it. */
function passed(x: number, y: number, from: Point, goal: Point): boolean {
  if (distance(x, y, goal) < 0.06) return true;
  return (x - goal.x) * (goal.x - from.x) + (y - goal.y) * (goal.y - from.y) > 0;
}

/** Distance of (x, y) from a point. */
export function distance(x: number, y: number, to: Point): number {
  return Math.sqrt((x - to.x) * (x - to.x) + (y - to.y) * (y - to.y));
}
