/** When a mark hits a finding, and how well, by the match rule: what does not depend on the pair is worked out once. */
import type { Finding, Geometry } from "../../contract/finding.js";
import type { MatchRule } from "../../contract/protocol.js";
import { boxOverlap, centreOf, diameterOf, distanceMm, maskOverlap } from "../../geometry/finding-geometry.js";

/** A finding with its centre and half its diameter (of boxes and masks, that of the ball or disc of equal content). */
export interface Place {
  readonly id: string;
  readonly geometry: Geometry;
  readonly centre: readonly number[];
  readonly radius: number;
}

export function placeOf({ id, geometry }: Finding): Place {
  return { id, geometry, centre: centreOf(geometry), radius: diameterOf(geometry) / 2 };
}

/** An order of findings that does not depend on their rows: by centre, axis after axis, then by size, then by id. */
export function byPlace(a: Place, b: Place): number {
  for (let axis = 0; axis < a.centre.length; axis++) {
    const step = (a.centre[axis] as number) - (b.centre[axis] as number);
    if (step !== 0) return step;
  }
  if (a.radius !== b.radius) return a.radius - b.radius;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Quality of a hit in (−∞, 1], or null when the mark does not hit the finding. */
export type HitQuality = (mark: Place, target: Place) => number | null;

/** Least denominator of a quality: targets without extent. */
const point = 1e-9;

export function hitQuality(rule: MatchRule): HitQuality {
  const strict = rule.comparator === "lt";
  if (rule.rule === "overlap") {
    const { measure, atLeast } = rule.overlap ?? { measure: "iou", atLeast: 0.1 };
    return (mark, target) => {
      const overlap =
        mark.geometry.type === "mask" && target.geometry.type === "mask"
          ? maskOverlap(mark.geometry, target.geometry, measure)
          : boxOverlap(mark.geometry, target.geometry, measure);
      return (strict ? overlap > atLeast : overlap >= atLeast) ? overlap : null;
    };
  }
  const byDistance: HitQuality = (mark, target) => {
    const radius = Math.max(target.radius, rule.minRadiusMm);
    // Squares on both sides: the comparison at the border must not depend on a rounded root.
    const { centre: at } = mark;
    const { centre: from } = target;
    let squared = 0;
    for (let axis = 0; axis < at.length; axis++) {
      const step = (at[axis] as number) - (from[axis] as number);
      squared += step * step;
    }
    const limit = radius * radius;
    return (strict ? squared < limit : squared <= limit) ? 1 - Math.sqrt(squared) / Math.max(radius, point) : null;
  };
  if (rule.rule === "centre-distance") return byDistance;
  return (mark, target) => {
    const { geometry } = target;
    if (geometry.type !== "box") return byDistance(mark, target);
    const inside = mark.centre.every((value, axis) => {
      const low = geometry.min[axis] as number;
      const high = geometry.max[axis] as number;
      return strict ? low < value && value < high : low <= value && value <= high;
    });
    // A box of a smaller radius than the least one reaches as far as a ball of that radius.
    if (!inside) return target.radius < rule.minRadiusMm ? byDistance(mark, target) : null;
    return 1 - distanceMm(mark.centre, target.centre) / Math.max(target.radius, rule.minRadiusMm, point);
  };
}

/** Whether a lesion can be hit at its very centre alone: it has no extent, and the rule gives it none. */
export function isPointTarget(lesion: Finding, rule: MatchRule): boolean {
  return rule.rule !== "overlap" && rule.minRadiusMm === 0 && diameterOf(lesion.geometry) === 0;
}
