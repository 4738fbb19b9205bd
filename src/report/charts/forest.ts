/** Forest plot: a line per stratum with estimate, interval and n, and a line for the whole. Also draws paired differences. */
import { scaleLinear } from "d3-scale";
import type { Language } from "../../contract/common.js";
import type { Text } from "../document.js";
import { accent, element, figure, fitted, grey, ink, label, labelWidth, rule } from "./svg.js";

export type ForestRow =
  | { readonly group: Text }
  | {
      readonly name: Text;
      readonly n: string;
      readonly value: number | null;
      readonly low: number | null;
      readonly high: number | null;
      /** Printed at the right: the numbers, or why there are none. */
      readonly text: Text;
      /** Named in words and drawn with a thicker outline. */
      readonly mark?: Text;
    };

export interface ForestOptions {
  readonly axisTitle: Text;
  /** Vertical line over all rows: the overall value, or no difference. */
  readonly reference: { readonly value: number; readonly name: Text } | null;
  /** A second vertical line, dotted: a margin. */
  readonly margin?: { readonly value: number; readonly name: Text };
  /** Widest range of the axis, such as [0, 1]. */
  readonly bounds: readonly [number | null, number | null];
  readonly tickText: (value: number) => string;
  readonly nTitle: Text;
}

const rowHeight = 21;

/** Draws the rows in their order. */
export function forestChart(
  rows: readonly ForestRow[],
  options: ForestOptions,
  description: Text,
  languages: readonly Language[],
): string {
  const width = 760;
  const names = rows.map((row) => ("group" in row ? row.group : row.name));
  const left = Math.min(250, Math.max(120, ...names.map((name) => labelWidth(name, languages, 12) + 16)));
  const nRight = left + 52;
  const plotLeft = nRight + 18;
  const plotRight = width - 232;
  const top = 30;
  const bottom = top + rows.length * rowHeight + 4;
  const domain = domainOf(rows, options);
  const x = scaleLinear(domain, [plotLeft, plotRight]);
  if (options.bounds[0] === null || options.bounds[1] === null) x.nice(5);
  const ticks = x.ticks(5);
  const parts: string[] = [
    label(options.nTitle, languages, { x: nRight, y: 16, "text-anchor": "end", fill: grey, "font-size": 11 }),
    ...ticks.map((tick) =>
      element("line", { x1: x(tick), x2: x(tick), y1: top, y2: bottom, stroke: rule, "stroke-width": 0.7 }),
    ),
  ];
  if (options.reference) {
    const at = x(options.reference.value);
    parts.push(
      element("line", {
        x1: at,
        x2: at,
        y1: top - 6,
        y2: bottom,
        stroke: accent,
        "stroke-dasharray": "6 3",
        "stroke-width": 1.3,
      }),
    );
    parts.push(
      label(options.reference.name, languages, {
        x: at,
        y: 16,
        "text-anchor": "middle",
        fill: accent,
        "font-size": 11,
      }),
    );
  }
  if (options.margin) {
    const at = x(options.margin.value);
    parts.push(
      element("line", {
        x1: at,
        x2: at,
        y1: top,
        y2: bottom,
        stroke: ink,
        "stroke-dasharray": "2 3",
        "stroke-width": 1.3,
      }),
    );
    parts.push(
      label(options.margin.name, languages, { x: at, y: bottom + 46, "text-anchor": "middle", "font-size": 11 }),
    );
  }
  rows.forEach((row, index) => {
    const y = top + index * rowHeight + rowHeight / 2 + 4;
    if ("group" in row) {
      const title = fitted(row.group, languages, (width - 12) / 1.08);
      // A long title goes on over the plot, where its row is empty: the lines of the axis stop behind it.
      const end = 12 + labelWidth(title, languages) * 1.08;
      if (end > plotLeft)
        parts.push(element("rect", { x: 0, y: y - rowHeight / 2, width: end, height: rowHeight, fill: "#fff" }));
      parts.push(label(title, languages, { x: 4, y: y + 4, "font-weight": 600 }));
      return;
    }
    parts.push(label(fitted(row.name, languages, left), languages, { x: 14, y: y + 4 }));
    parts.push(label(row.n, languages, { x: nRight, y: y + 4, "text-anchor": "end" }));
    if (row.low !== null && row.high !== null) parts.push(intervalLine(x, row.low, row.high, y, domain));
    if (row.value !== null)
      parts.push(
        element("rect", {
          x: x(row.value) - 4,
          y: y - 4,
          width: 8,
          height: 8,
          fill: row.mark ? "#fff" : accent,
          stroke: row.mark ? ink : accent,
          "stroke-width": row.mark ? 2 : 1,
        }),
      );
    const x2 = plotRight + 12;
    const y2 = y + 4;
    parts.push(label(row.text, languages, { x: x2, y: y2, "font-size": 11.5, fill: row.value === null ? grey : ink }));
    if (row.mark)
      parts.push(
        label(row.mark, languages, {
          x: x2 + labelWidth(row.text, languages, 11.5) + 8,
          y: y2,
          "font-size": 11,
          "font-weight": 600,
        }),
      );
  });
  parts.push(element("line", { x1: plotLeft, x2: plotRight, y1: bottom, y2: bottom, stroke: grey }));
  for (const tick of ticks) {
    parts.push(element("line", { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4, stroke: grey }));
    parts.push(
      label(options.tickText(tick), languages, {
        x: x(tick),
        y: bottom + 17,
        "text-anchor": "middle",
        "font-size": 11,
      }),
    );
  }
  parts.push(
    label(options.axisTitle, languages, { x: (plotLeft + plotRight) / 2, y: bottom + 34, "text-anchor": "middle" }),
  );
  return figure(width, bottom + (options.margin ? 54 : 44), description, ...parts);
}

function domainOf(rows: readonly ForestRow[], options: ForestOptions): [number, number] {
  const values: number[] = [];
  for (const row of rows) {
    if ("group" in row) continue;
    for (const value of [row.value, row.low, row.high])
      if (value !== null && Number.isFinite(value)) values.push(value);
  }
  if (options.reference) values.push(options.reference.value);
  if (options.margin) values.push(options.margin.value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const spread = high > low ? (high - low) * 0.04 : 0.05;
  const [least, most] = options.bounds;
  return [
    values.length === 0 ? (least ?? 0) : Math.max(least ?? -Infinity, low - spread),
    values.length === 0 ? (most ?? 1) : Math.min(most ?? Infinity, high + spread),
  ];
}

/** An interval; an end beyond the axis is an arrow. */
function intervalLine(
  x: (value: number) => number,
  low: number,
  high: number,
  y: number,
  [least, most]: [number, number],
): string {
  const from = x(Math.max(low, least));
  const to = x(Math.min(high, most));
  const cap = (at: number): string => `M${at.toFixed(2)} ${(y - 4).toFixed(2)}v8`;
  const arrow = (at: number, sign: 1 | -1): string =>
    `M${(at - 5 * sign).toFixed(2)} ${(y - 4).toFixed(2)}L${at.toFixed(2)} ${y.toFixed(2)}L${(at - 5 * sign).toFixed(2)} ${(y + 4).toFixed(2)}`;
  return element("path", {
    d: `M${from.toFixed(2)} ${y.toFixed(2)}H${to.toFixed(2)}${low < least ? arrow(from, -1) : cap(from)}${high > most ? arrow(to, 1) : cap(to)}`,
    stroke: ink,
    "stroke-width": 1.3,
    fill: "none",
  });
}
