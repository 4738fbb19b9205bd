/** ROC with the operating point; ties are straight segments. */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Language } from "../../contract/common.js";
import type { Curve } from "../../contract/result.js";
import { say, type Text } from "../document.js";
import { axes, operatingMark, shareTicks, type Plane } from "./plane.js";
import { accent, element, figure, grey, label } from "./svg.js";

/** Draws one ROC curve. */
export function rocChart(curve: Curve, description: Text, languages: readonly Language[]): string {
  const plane: Plane = { left: 62, top: 16, width: 380, height: 380 };
  const x = scaleLinear([0, 1], [plane.left, plane.left + plane.width]);
  const y = scaleLinear([0, 1], [plane.top + plane.height, plane.top]);
  let previous = "";
  const points = curve.points.filter(([share, sensitivity], index) => {
    const pixel = `${Math.round(x(share) * 4)},${Math.round(y(sensitivity) * 4)}`;
    const keep = pixel !== previous || index === curve.points.length - 1;
    previous = pixel;
    return keep;
  });
  const path = line<(typeof points)[number]>()
    .x(([share]) => x(share))
    .y(([, sensitivity]) => y(sensitivity))
    .digits(2)(points);
  const at = curve.operatingPoint;
  return figure(
    480,
    460,
    description,
    axes(
      plane,
      { title: say("1 − 特异度", "1 − specificity"), scale: (value) => x(value), ticks: shareTicks },
      { title: say("灵敏度", "Sensitivity"), scale: (value) => y(value), ticks: shareTicks },
      languages,
    ),
    element("line", {
      x1: x(0),
      y1: y(0),
      x2: x(1),
      y2: y(1),
      stroke: grey,
      "stroke-width": 1,
      "stroke-dasharray": "5 4",
    }),
    path
      ? element("path", { d: path, fill: "none", stroke: accent, "stroke-width": 2.2, "stroke-linejoin": "round" })
      : "",
    at ? operatingMark(x(at.x), y(at.y)) : "",
    at
      ? operatingMark(plane.left + plane.width - 190, plane.top + plane.height - 24) +
          label(say("工作点", "operating point"), languages, {
            x: plane.left + plane.width - 174,
            y: plane.top + plane.height - 20,
            "font-size": 11,
          })
      : "",
  );
}
