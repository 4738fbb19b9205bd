/** A planning curve: what a number of cases reaches (power, width), or how many cases a number needs. */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Language } from "../../contract/common.js";
import type { Text } from "../document.js";
import { axes, operatingMark, type Plane } from "./plane.js";
import { accent, element, figure, grey } from "./svg.js";

export interface SizesChart {
  readonly xTitle: Text;
  readonly yTitle: Text;
  /** By rising x; a break (null) is a gap in the line. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** The plan: a ring on the curve. */
  readonly mark?: readonly [x: number, y: number];
  /** A value that is asked for, such as the power: a dashed line across. */
  readonly level?: number;
  /** Ends of the y axis; those of the points where left out. */
  readonly yRange?: readonly [number, number];
}

/** Ticks with as many decimals as their distance needs. */
function ticksOf(scale: { ticks(count: number): number[] }): { value: number; text: string }[] {
  const values = scale.ticks(6);
  const step = Math.abs((values[1] ?? 1) - (values[0] ?? 0));
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  return values.map((value) => ({ value, text: value.toFixed(decimals) }));
}

/** Draws the curve. */
export function sizesChart(chart: SizesChart, description: Text, languages: readonly Language[]): string {
  const plane: Plane = { left: 72, top: 16, width: 544, height: 320 };
  const xs = chart.points.map(([x]) => x);
  const ys = chart.points.flatMap(([, y]) => (y === null ? [] : [y]));
  const [low, high] = chart.yRange ?? [0, Math.max(...ys)];
  const x = scaleLinear([Math.min(...xs), Math.max(...xs)], [plane.left, plane.left + plane.width]);
  const y = scaleLinear([low, high], [plane.top + plane.height, plane.top]).nice();
  const path = line<(typeof chart.points)[number]>()
    .defined(([, value]) => value !== null)
    .x(([value]) => x(value))
    .y(([, value]) => y(value as number))
    .digits(2)(chart.points);
  const dashed =
    chart.level === undefined
      ? ""
      : element("line", {
          x1: plane.left,
          x2: plane.left + plane.width,
          y1: y(chart.level),
          y2: y(chart.level),
          stroke: grey,
          "stroke-dasharray": "5 4",
        });
  return figure(
    640,
    400,
    description,
    // The file stands alone: no style sheet names the fonts.
    element(
      "g",
      { "font-family": "sans-serif" },
      axes(
        plane,
        { title: chart.xTitle, scale: (value) => x(value), ticks: ticksOf(x) },
        { title: chart.yTitle, scale: (value) => y(value), ticks: ticksOf(y) },
        languages,
      ),
      dashed,
      path
        ? element("path", { d: path, fill: "none", stroke: accent, "stroke-width": 2.2, "stroke-linejoin": "round" })
        : "",
      chart.mark ? operatingMark(x(chart.mark[0]), y(chart.mark[1])) : "",
    ),
  );
}
