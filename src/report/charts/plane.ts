/** A plot with two axes: frame, grid, ticks and titles, on which curves are drawn. */
import type { Language } from "../../contract/common.js";
import type { Text } from "../document.js";
import { element, grey, ink, label, rule } from "./svg.js";

export interface Axis {
  readonly title: Text;
  /** Value to pixel. */
  readonly scale: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

export interface Plane {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Frame, grid lines, ticks and axis titles of a plot. */
export function axes(plane: Plane, x: Axis, y: Axis, languages: readonly Language[]): string {
  const bottom = plane.top + plane.height;
  const right = plane.left + plane.width;
  const parts: string[] = [];
  for (const tick of x.ticks) {
    const at = x.scale(tick.value);
    parts.push(element("line", { x1: at, x2: at, y1: plane.top, y2: bottom, stroke: rule, "stroke-width": 0.7 }));
    parts.push(element("line", { x1: at, x2: at, y1: bottom, y2: bottom + 4, stroke: grey }));
    parts.push(label(tick.text, languages, { x: at, y: bottom + 18, "text-anchor": "middle", "font-size": 11 }));
  }
  for (const tick of y.ticks) {
    const at = y.scale(tick.value);
    parts.push(element("line", { x1: plane.left, x2: right, y1: at, y2: at, stroke: rule, "stroke-width": 0.7 }));
    parts.push(element("line", { x1: plane.left - 4, x2: plane.left, y1: at, y2: at, stroke: grey }));
    parts.push(label(tick.text, languages, { x: plane.left - 8, y: at + 4, "text-anchor": "end", "font-size": 11 }));
  }
  parts.push(
    element("rect", {
      x: plane.left,
      y: plane.top,
      width: plane.width,
      height: plane.height,
      fill: "none",
      stroke: grey,
      "stroke-width": 1,
    }),
  );
  parts.push(
    label(x.title, languages, { x: plane.left + plane.width / 2, y: bottom + 40, "text-anchor": "middle", fill: ink }),
  );
  const middle = plane.top + plane.height / 2;
  parts.push(
    label(y.title, languages, {
      transform: `translate(${16} ${middle}) rotate(-90)`,
      "text-anchor": "middle",
      fill: ink,
    }),
  );
  return parts.join("");
}

/** Ticks from 0 to 1 in steps of 0.2. */
export const shareTicks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => ({ value, text: value.toFixed(1) }));

/** The operating point in force: a ring with a cross. */
export function operatingMark(x: number, y: number): string {
  return (
    element("circle", { cx: x, cy: y, r: 7, fill: "#fff", stroke: ink, "stroke-width": 1.8 }) +
    element("path", { d: `M${x - 4} ${y}H${x + 4}M${x} ${y - 4}V${y + 4}`, stroke: ink, "stroke-width": 1.6 })
  );
}

/** A point with its vertical interval. */
export function pointWithInterval(x: number, y: number, low: number | null, high: number | null): string {
  const bar =
    low === null || high === null
      ? ""
      : element("path", {
          d: `M${x.toFixed(2)} ${low.toFixed(2)}V${high.toFixed(2)}M${(x - 4).toFixed(2)} ${low.toFixed(2)}h8M${(x - 4).toFixed(2)} ${high.toFixed(2)}h8`,
          stroke: ink,
          "stroke-width": 1.2,
          fill: "none",
        });
  return bar + element("circle", { cx: x, cy: y, r: 3.4, fill: ink });
}
