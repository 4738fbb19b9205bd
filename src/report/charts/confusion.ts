/** Confusion matrix: reference by row, answer by column; counts and row shares are printed, shading only helps the eye. */
import type { Language } from "../../contract/common.js";
import type { Confusion } from "../../contract/result.js";
import { say, type Text } from "../document.js";
import { formatValue } from "../numbers.js";
import { shortened } from "../strata.js";
import { element, figure, grey, ink, label } from "./svg.js";

/** Draws the matrix. Names of rows and columns are the task's. */
export function confusionChart(
  confusion: Confusion,
  nameOf: (value: string) => Text,
  description: Text,
  languages: readonly Language[],
): string {
  const size = Math.max(58, Math.min(92, Math.floor(520 / Math.max(1, confusion.columns.length))));
  const left = 150;
  const top = 62;
  const rowHeight = 46;
  const width = left + confusion.columns.length * size + 80;
  const parts: string[] = [
    label(say("产品判定", "Answer of the product"), languages, {
      x: left + (confusion.columns.length * size) / 2,
      y: 18,
      "text-anchor": "middle",
      "font-weight": 600,
    }),
    label(say("参考标准", "Reference"), languages, { x: left - 12, y: 46, "text-anchor": "end", "font-weight": 600 }),
    label(say("合计", "Total"), languages, { x: width - 8, y: 46, "text-anchor": "end", fill: grey }),
  ];
  confusion.columns.forEach((column, index) => {
    const name = column === "failed" ? say("未处理", "failed") : nameOf(column);
    parts.push(
      label(shortened(name, 14), languages, {
        x: left + (index + 0.5) * size,
        y: 46,
        "text-anchor": "middle",
        "font-size": 11,
      }),
    );
  });
  confusion.rows.forEach((row, rowIndex) => {
    const y = top + rowIndex * rowHeight;
    const counts = confusion.counts[rowIndex] ?? [];
    const total = counts.reduce((sum, count) => sum + count, 0);
    parts.push(
      label(shortened(nameOf(row), 20), languages, {
        x: left - 12,
        y: y + rowHeight / 2 + 4,
        "text-anchor": "end",
        "font-size": 11,
      }),
    );
    confusion.columns.forEach((column, columnIndex) => {
      const count = counts[columnIndex] ?? 0;
      const share = total > 0 ? count / total : 0;
      const x = left + columnIndex * size;
      parts.push(
        element("rect", {
          x,
          y,
          width: size,
          height: rowHeight,
          fill: "#1f4e79",
          "fill-opacity": Math.round(share * 55) / 100,
          stroke: column === row ? ink : "#b8c2cc",
          "stroke-width": column === row ? 1.8 : 0.8,
        }),
      );
      parts.push(
        label(String(count), languages, { x: x + size / 2, y: y + 20, "text-anchor": "middle", "font-weight": 600 }),
      );
      if (total > 0)
        parts.push(
          label(formatValue({ numerator: BigInt(count), denominator: BigInt(total) }, "proportion"), languages, {
            x: x + size / 2,
            y: y + 36,
            "text-anchor": "middle",
            "font-size": 10,
          }),
        );
    });
    parts.push(label(String(total), languages, { x: width - 8, y: y + rowHeight / 2 + 4, "text-anchor": "end" }));
  });
  return figure(width, top + confusion.rows.length * rowHeight + 10, description, ...parts);
}
