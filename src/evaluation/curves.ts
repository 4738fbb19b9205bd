/** FROC and ROC curves as exact step functions, with the thresholds kept. */
import type { Curve } from "../contract/result.js";
import { frocSweep, rankableScores, type BinaryUnits, type CountedUnits } from "../metrics/index.js";
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

/** A point of a curve as it is counted; threshold null: above all scores, or none that a device can have. */
interface CountedPoint {
  readonly x: number;
  readonly y: number;
  readonly threshold: number | null;
}

/** A threshold as a result file holds it. */
export const thresholdText = (threshold: number | null): number | "Infinity" | null =>
  threshold === Infinity ? "Infinity" : threshold;

/** Corners as shares of the totals, and the operating point: the last whose threshold is not below the one in force. */
function shares(
  points: readonly CountedPoint[],
  totals: { x: number; y: number },
  inForce: number | null,
): Pick<Curve, "points" | "operatingPoint"> {
  const share = ({ x, y }: CountedPoint) => ({ x: x / totals.x, y: y / totals.y });
  const isShown = ({ threshold }: CountedPoint, at: number) =>
    at === 0 || (threshold !== null && inForce !== null && threshold >= inForce);
  return {
    points: corners(points).map((point) => {
      const { x, y } = share(point);
      return [x, y, point.threshold];
    }),
    operatingPoint:
      inForce === null
        ? null
        : { ...share(points.findLast(isShown) as CountedPoint), threshold: thresholdText(inForce) },
  };
}

/** The FROC of a set of units; null without lesions or cases. */
export function frocCurve(units: CountedUnits): Curve | null {
  const sweep = frocSweep(units);
  if (!sweep || sweep.lesionCount === 0 || sweep.caseCount === 0) return null;
  const { caseCount: cases, lesionCount: lesions } = sweep;
  const counted = sweep
    .points()
    .map(({ falsePositives, truePositives, threshold }) => ({ x: falsePositives, y: truePositives, threshold }));
  const { points, operatingPoint } = shares(counted, { x: cases, y: lesions }, units.threshold);
  return { kind: "froc", stratum: {}, unit: "lesion", points, n: { lesions, cases }, operatingPoint };
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
  const counted: CountedPoint[] = [{ x: 0, y: 0, threshold: null }];
  let x = 0;
  let y = 0;
  order.forEach((at, place) => {
    if (units.positive[at] === 1) y++;
    else x++;
    const next = order[place + 1];
    // Infinite ranks (failures, patients without marks) are no thresholds that a device can have.
    const value = units.score[at] as number;
    if (next === undefined || scores[next] !== scores[at])
      counted.push({ x, y, threshold: Number.isFinite(value) ? value : null });
  });
  const { points, operatingPoint } = shares(counted, { x: negatives, y: positives }, threshold);
  return { kind: "roc", stratum: {}, unit, points, n: { positives, negatives }, operatingPoint };
}
