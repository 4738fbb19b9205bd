/** Places the lesions of a composition in an eye, and the harmless things that look like lesions. Unit: field radius, right eye. */
import type { RandomStream } from "../../src/stats/random.js";
import type { Anatomy, Point } from "./anatomy.js";
import { distance } from "./anatomy.js";
import type { Composition } from "./composition.js";
import { between, chance, wholeBetween } from "./draw.js";

export type LesionKind =
  | "microaneurysm"
  | "dot"
  | "blot"
  | "flame"
  | "exudates"
  | "cotton-wool"
  | "beading"
  | "irma"
  | "new-vessels-disc"
  | "new-vessels-elsewhere"
  | "preretinal"
  | "laser";

export interface Lesion {
  readonly kind: LesionKind;
  readonly x: number;
  readonly y: number;
  /** Half the lesion's extent. */
  readonly radius: number;
  /** 0..1: how much of its full absorption or brightness it has. */
  readonly contrast: number;
  /** About the fovea: 0 upper nasal, 1 upper temporal, 2 lower temporal, 3 lower nasal. */
  readonly quadrant: 0 | 1 | 2 | 3;
}

/** Pigment spots, light reflexes and drusen: seen in any grade. */
export interface Distractor {
  readonly kind: "pigment" | "reflex" | "druse";
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly contrast: number;
}

/** Quadrant of a place about the fovea. */
function quadrantOf(x: number, y: number, fovea: Point): 0 | 1 | 2 | 3 {
  if (y < fovea.y) return x >= fovea.x ? 0 : 1;
  return x >= fovea.x ? 3 : 2;
}

const RIM = 0.93;

/** Places every lesion of a composition. @param contrast range of the eye's contrast; single lesions vary by a fifth about it. @param cut half height of the field. */
export function placeLesions(
  random: RandomStream,
  composition: Composition,
  anatomy: Anatomy,
  contrast: readonly [number, number],
  cut: number,
): Lesion[] {
  const { fovea, disc, discRadius } = anatomy;
  const level = between(random, contrast[0], contrast[1]);
  const lesions: Lesion[] = [];
  const inField = (x: number, y: number): boolean => x * x + y * y < RIM * RIM && Math.abs(y) < cut - 0.04;
  const offDisc = (x: number, y: number): boolean => distance(x, y, disc) > discRadius + 0.03;
  const put = (kind: LesionKind, at: Point, radius: number): void => {
    const own = Math.min(1, Math.max(0.2, level * between(random, 0.8, 1.2)));
    lesions.push({ kind, x: at.x, y: at.y, radius, contrast: own, quadrant: quadrantOf(at.x, at.y, fovea) });
  };
  const anywhere = (spread: number, quadrant?: number): Point => {
    for (let trial = 0; trial < 400; trial++) {
      const wide = chance(random, 0.35);
      const x = wide ? between(random, -RIM, RIM) : fovea.x + 0.1 + spread * random.normal();
      const y = wide ? between(random, -RIM, RIM) : fovea.y + spread * random.normal();
      if (!inField(x, y) || !offDisc(x, y)) continue;
      if (quadrant !== undefined && quadrantOf(x, y, fovea) !== quadrant) continue;
      return { x, y };
    }
    // The quadrant holds a square of a tenth of the field in every eye that the anatomy can draw.
    const east = quadrant === 0 || quadrant === 3;
    const north = quadrant === 0 || quadrant === 1;
    return { x: fovea.x + (east ? 0.2 : -0.2), y: fovea.y + (north ? -0.2 : 0.2) };
  };
  const haemorrhage = (quadrant?: number): void => {
    const at = anywhere(0.45, quadrant);
    const sort = random.float();
    if (sort < 0.58) put("dot", at, between(random, 0.008, 0.018));
    else if (sort < 0.86) put("blot", at, between(random, 0.02, 0.046));
    else put("flame", at, between(random, 0.03, 0.065));
  };

  for (let k = 0; k < composition.microaneurysms; k++)
    put("microaneurysm", anywhere(0.34), between(random, 0.0045, 0.0085));
  for (let k = 0; k < composition.haemorrhages; k++) haemorrhage();
  composition.haemorrhagesPerQuadrant?.forEach((count, quadrant) => {
    for (let k = 0; k < count; k++) haemorrhage(quadrant);
  });
  for (let k = 0; k < composition.exudates; k++) put("exudates", anywhere(0.26), between(random, 0.04, 0.14));
  const large = anatomy.vessels.filter(
    (piece) => piece.depth <= 1 && inField(piece.xa, piece.ya) && offDisc(piece.xa, piece.ya),
  );
  const besideVessel = (): Point => {
    const piece = large[random.below(Math.max(1, large.length))];
    if (piece === undefined) return anywhere(0.4);
    const x = piece.xa + between(random, -0.06, 0.06);
    const y = piece.ya + between(random, -0.06, 0.06);
    return inField(x, y) && offDisc(x, y) ? { x, y } : { x: piece.xa, y: piece.ya };
  };
  for (let k = 0; k < composition.cottonWool; k++) put("cotton-wool", besideVessel(), between(random, 0.022, 0.045));
  if (composition.beading > 0) {
    // One entry in each of two quadrants: the sign is the vein itself.
    for (const side of [-1, 1])
      put("beading", { x: fovea.x + 0.25, y: fovea.y + side * 0.5 }, 0.12 * composition.beading);
  }
  for (let k = 0; k < composition.irma; k++) put("irma", besideVessel(), between(random, 0.025, 0.05));
  for (let k = 0; k < composition.newVesselsDisc; k++) {
    put(
      "new-vessels-disc",
      { x: disc.x + between(random, -0.04, 0.04), y: disc.y + between(random, -0.06, 0.06) },
      between(random, 0.11, 0.17),
    );
  }
  for (let k = 0; k < composition.newVesselsElsewhere; k++)
    put("new-vessels-elsewhere", besideVessel(), between(random, 0.05, 0.1));
  for (let k = 0; k < composition.preretinal; k++) put("preretinal", anywhere(0.4), between(random, 0.06, 0.17));
  if (composition.laser) {
    const pitch = between(random, 0.085, 0.12);
    for (let y = -RIM; y < RIM; y += pitch) {
      for (let x = -RIM; x < RIM; x += pitch) {
        const at = { x: x + pitch * between(random, -0.28, 0.28), y: y + pitch * between(random, -0.28, 0.28) };
        if (
          chance(random, 0.28) ||
          !inField(at.x, at.y) ||
          distance(at.x, at.y, fovea) < 0.42 ||
          distance(at.x, at.y, disc) < discRadius + 0.12
        )
          continue;
        put("laser", at, between(random, 0.016, 0.027));
      }
    }
  }
  return lesions;
}

/** Draws what may be mistaken for a lesion. */
export function placeDistractors(random: RandomStream, anatomy: Anatomy): Distractor[] {
  const out: Distractor[] = [];
  const somewhere = (spread: number): Point => ({
    x: anatomy.fovea.x + spread * random.normal(),
    y: anatomy.fovea.y + spread * random.normal(),
  });
  if (chance(random, 0.35)) {
    for (let k = wholeBetween(random, 1, 6); k > 0; k--)
      out.push({
        kind: "pigment",
        ...somewhere(0.45),
        radius: between(random, 0.005, 0.02),
        contrast: between(random, 0.25, 0.8),
      });
  }
  if (chance(random, 0.3)) {
    for (let k = wholeBetween(random, 1, 4); k > 0; k--)
      out.push({
        kind: "reflex",
        ...somewhere(0.3),
        radius: between(random, 0.02, 0.07),
        contrast: between(random, 0.1, 0.4),
      });
  }
  if (chance(random, 0.14)) {
    for (let k = wholeBetween(random, 4, 22); k > 0; k--)
      out.push({
        kind: "druse",
        ...somewhere(0.16),
        radius: between(random, 0.004, 0.014),
        contrast: between(random, 0.2, 0.6),
      });
  }
  return out;
}
