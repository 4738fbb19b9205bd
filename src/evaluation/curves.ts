/** FROC and ROC curves as exact step functions, with the thresholds kept. */
import type { Curve } from "../contract/result.js";
import { frocSweep, rankableScores, type BinaryUnits, type CountedUnits, type FrocPoint } from "../metrics/index.js";
import { sortedOrder } from "../stats/index.js";

/**
 * The points where a step curve turns. Between them it runs straight up or straight right; a slanting step (a tie group of
 * both kinds) keeps both ends, so nothing is lost.
 */
export function corners<T extends { x: number; y: number }>(points: readonly T[]): T[] {
  const direction = (from: T, to: T) => (to.x === from.x ? "up" : to.y === from.y ? "right" : "slanting");
  return points.filter((point, at) => {
    const before = points[at - 1];
    const after = points[at + 1];
    if (!before || !after) return true;
    const into = direction(before, point);
    return into === "slanting" || into !== direction(point, after);
  });
}

/** The FROC of a set of units; null without lesions or cases. */
export function frocCurve(units: CountedUnits): Curve | null {
  const sweep = frocSweep(units);
  if (!sweep || sweep.lesionCount === 0 || sweep.caseCount === 0) return null;
  const all = sweep.points();
  const turning = corners(all.map((point) => ({ ...point, x: point.falsePositives, y: point.truePositives })));
  const place = (point: FrocPoint) =>
    [point.falsePositives / sweep.caseCount, point.truePositives / sweep.lesionCount] as const;
  const threshold = units.threshold;
  const inForce =
    threshold === null
      ? undefined
      : all.filter((point) => point.threshold === null || point.threshold >= threshold).at(-1);
  const [x, y] = inForce ? place(inForce) : [0, 0];
  return {
    kind: "froc",
    stratum: {},
    unit: "lesion",
    points: turning.map((point) => [...place(point), point.threshold]),
    n: { lesions: sweep.lesionCount, cases: sweep.caseCount },
    operatingPoint: inForce && threshold !== null ? { x, y, threshold } : null,
  };
}

/** A curve whose operating point is where the decisions of the units lie, made at a threshold or not; null without decisions. */
export function withOwnDecisions(curve: Curve, units: BinaryUnits): Curve {
  if (units.call.includes(-1)) return curve;
  const share = (positive: number) => {
    const inClass = units.positive.reduce((total, value) => total + (value === positive ? 1 : 0), 0);
    const called = units.call.reduce((total, call, at) => total + (units.positive[at] === positive ? call : 0), 0);
    return called / inClass;
  };
  return { ...curve, operatingPoint: { x: share(0), y: share(1), threshold: null } };
}

/** The ROC of images or patients; null without scores or without one of the classes. */
export function rocCurve(units: BinaryUnits, unit: string, threshold: number | null): Curve | null {
  const positives = units.positive.reduce((total, value) => total + value, 0);
  const negatives = units.positive.length - positives;
  if (!units.scored || positives === 0 || negatives === 0) return null;
  const scores = rankableScores(units.score);
  const order = sortedOrder(scores, "falling");
  const points: { x: number; y: number; threshold: number | null }[] = [{ x: 0, y: 0, threshold: null }];
  let x = 0;
  let y = 0;
  order.forEach((at, place) => {
    if (units.positive[at] === 1) y++;
    else x++;
    const next = order[place + 1];
    // Infinite ranks (failures, patients without marks) are no thresholds that a device can have.
    const value = units.score[at] as number;
    if (next === undefined || scores[next] !== scores[at])
      points.push({ x, y, threshold: Number.isFinite(value) ? value : null });
  });
  const inForce =
    threshold === null
      ? undefined
      : points.filter((point, at) => at === 0 || (point.threshold !== null && point.threshold >= threshold)).at(-1);
  return {
    kind: "roc",
    stratum: {},
    unit,
    points: corners(points).map((point) => [point.x / negatives, point.y / positives, point.threshold]),
    n: { positives, negatives },
    operatingPoint:
      inForce && threshold !== null ? { x: inForce.x / negatives, y: inForce.y / positives, threshold } : null,
  };
}
