/** FROC: lesion sensitivity over false positives per case, logarithmic from 1/8, drawn as the exact step function. */
import { scaleLinear, scaleLog } from "d3-scale";
import { curveStepAfter, line } from "d3-shape";
import type { Language } from "../../contract/common.js";
import type { Curve } from "../../contract/result.js";
import { say, type Text } from "../document.js";
import { axes, operatingMark, pointWithInterval, shareTicks, type Plane } from "./plane.js";
import { accent, coordinate, element, figure, label, labelWidth } from "./svg.js";

/** A sensitivity at a stated false-positive rate, with its interval. */
export interface FrocPoint {
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

const least = 1 / 8;
const tickTexts: readonly (readonly [number, string])[] = [
  [0.125, "1/8"],
  [0.25, "1/4"],
  [0.5, "1/2"],
  [1, "1"],
  [2, "2"],
  [4, "4"],
  [8, "8"],
  [16, "16"],
  [32, "32"],
];

/** Draws the curve up to 8 false positives per case, further only where the operating point needs it. */
export function frocChart(
  curve: Curve,
  points: readonly FrocPoint[],
  xTitle: Text,
  description: Text,
  languages: readonly Language[],
): string {
  const width = 640;
  const height = 430;
  const plane: Plane = { left: 62, top: 16, width: 556, height: 340 };
  const needed = Math.max(8, curve.operatingPoint?.x ?? 0);
  const most = tickTexts.find(([value]) => value >= needed)?.[0] ?? 32;
  const x = scaleLog([least, most], [plane.left, plane.left + plane.width])
    .base(2)
    .clamp(true);
  const y = scaleLinear([0, 1], [plane.top + plane.height, plane.top]);
  const visible = visiblePoints(curve, most);
  const path = line<readonly [number, number]>()
    .x(([rate]) => x(rate))
    .y(([, sensitivity]) => y(sensitivity))
    .curve(curveStepAfter)
    .digits(2)(
    thinned(
      visible,
      (rate) => x(rate),
      (sensitivity) => y(sensitivity),
    ),
  );
  const ticks = tickTexts.filter(([value]) => value <= most).map(([value, text]) => ({ value, text }));
  const marks = points
    .filter((point) => point.x >= least && point.x <= most)
    .map((point) =>
      pointWithInterval(
        x(point.x),
        y(point.y),
        point.low === null ? null : y(point.low),
        point.high === null ? null : y(point.high),
      ),
    );
  const at = curve.operatingPoint;
  return figure(
    width,
    height,
    description,
    axes(
      plane,
      { title: xTitle, scale: (value) => x(value), ticks },
      { title: say("病灶灵敏度", "Lesion sensitivity"), scale: (value) => y(value), ticks: shareTicks },
      languages,
    ),
    path
      ? element("path", { d: path, fill: "none", stroke: accent, "stroke-width": 2.2, "stroke-linejoin": "round" })
      : "",
    ...marks,
    at ? operatingMark(x(at.x), y(at.y)) : "",
    legend(plane, points.length > 0, at !== null, languages),
    at && at.x < least
      ? label(say("工作点在坐标轴左侧", "operating point lies left of the axis"), languages, {
          x: plane.left + 14,
          y: y(at.y) - 12,
          "font-size": 11,
        })
      : "",
  );
}

/** The part of the step function inside the axis, closed at its left end and drawn on to its right end where it stops. */
function visiblePoints(curve: Curve, most: number): (readonly [number, number])[] {
  let before = 0;
  let last = 0;
  const inside: (readonly [number, number])[] = [];
  for (const [rate, sensitivity] of curve.points) {
    if (rate <= least) before = Math.max(before, sensitivity);
    else if (rate <= most) inside.push([rate, sensitivity]);
    if (rate <= most) last = Math.max(last, rate);
  }
  const ends = curve.points.some(([rate]) => rate > most);
  const tail = inside.at(-1)?.[1] ?? before;
  return [[least, before], ...inside, ...(ends ? [[most, tail] as const] : [])];
}

/** Leaves out points that fall on the pixel of the one before. */
function thinned(
  points: readonly (readonly [number, number])[],
  x: (value: number) => number,
  y: (value: number) => number,
): (readonly [number, number])[] {
  const kept: (readonly [number, number])[] = [];
  let previous = "";
  points.forEach((point, index) => {
    const pixel = `${Math.round(x(point[0]) * 4)},${Math.round(y(point[1]) * 4)}`;
    if (pixel !== previous || index === points.length - 1) kept.push(point);
    previous = pixel;
  });
  return kept;
}

function legend(plane: Plane, hasPoints: boolean, hasOperatingPoint: boolean, languages: readonly Language[]): string {
  const rows: [string, Text][] = [];
  if (hasOperatingPoint) rows.push(["operating", say("工作点", "operating point")]);
  if (hasPoints) rows.push(["point", say("规定假阳性率处，含区间", "at the stated rates, with interval")]);
  if (rows.length === 0) return "";
  const widest = Math.max(...rows.map(([, text]) => labelWidth(text, languages, 11)));
  const x = plane.left + plane.width - widest - 34;
  const top = plane.top + plane.height - 14 - 20 * rows.length;
  return (
    element("rect", {
      x: x - 16,
      y: top - 6,
      width: widest + 42,
      height: 20 * rows.length + 10,
      fill: "#fff",
      "fill-opacity": 0.9,
    }) +
    rows
      .map(([mark, text], index) => {
        const y = top + 9 + 20 * index;
        const symbol = mark === "operating" ? operatingMark(x, y) : pointWithInterval(x, y, y + 7, y - 7);
        return symbol + label(text, languages, { x: x + 16, y: coordinate(y + 4), "font-size": 11 });
      })
      .join("")
  );
}
