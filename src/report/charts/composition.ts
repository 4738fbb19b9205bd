/** Composition of a set: a bar per stratum, grouped by dimension, with numbers. */
import type { Language } from "../../contract/common.js";
import type { Text } from "../document.js";
import { accent, element, figure, fitted, grey, label, pale } from "./svg.js";

export interface CompositionBar {
  readonly name: Text;
  /** Share of all, 0 to 1; null: masked. */
  readonly share: number | null;
  readonly text: Text;
}

/** Draws the groups in their order, in two columns. */
export function compositionChart(
  groups: readonly { readonly name: Text; readonly bars: readonly CompositionBar[] }[],
  description: Text,
  languages: readonly Language[],
): string {
  const columnWidth = 372;
  // Two languages need more room beside their bars.
  const barLeft = languages.length > 1 ? 204 : 150;
  const barWidth = languages.length > 1 ? 78 : 120;
  const rowHeight = 19;
  const heights = [0, 0];
  const parts: string[] = [];
  for (const group of groups) {
    const column = (heights[0] ?? 0) <= (heights[1] ?? 0) ? 0 : 1;
    const left = column * (columnWidth + 16);
    let y = (heights[column] ?? 0) + 18;
    parts.push(label(fitted(group.name, languages, columnWidth / 1.08), languages, { x: left, y, "font-weight": 600 }));
    for (const bar of group.bars) {
      y += rowHeight;
      parts.push(
        label(fitted(bar.name, languages, barLeft - 12, 11), languages, {
          x: left + barLeft - 8,
          y: y + 1,
          "text-anchor": "end",
          "font-size": 11,
        }),
      );
      parts.push(element("rect", { x: left + barLeft, y: y - 10, width: barWidth, height: 13, fill: pale }));
      if (bar.share !== null)
        parts.push(
          element("rect", {
            x: left + barLeft,
            y: y - 10,
            width: Math.max(bar.share > 0 ? 1 : 0, bar.share * barWidth),
            height: 13,
            fill: accent,
          }),
        );
      parts.push(
        label(bar.text, languages, {
          x: left + barLeft + barWidth + 8,
          y: y + 1,
          "font-size": 11,
          fill: bar.share === null ? grey : undefined,
        }),
      );
    }
    heights[column] = y + 12;
  }
  return figure(2 * columnWidth + 16, Math.max(...heights) + 6, description, ...parts);
}
