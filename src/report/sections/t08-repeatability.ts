/** T8: repeatability and reproducibility, as far as the run repeated cases; the rest is not part of the plan. */
import { paragraph, say, type Row } from "../document.js";
import type { SectionDefinition } from "../input.js";
import { formatValue } from "../numbers.js";
import { none } from "../wording/metric-line.js";
import { verdictCell } from "./t01-items.js";

export const repeatability: SectionDefinition = {
  id: "t8",
  build: ({ submissionRun }) => {
    const { repeat } = submissionRun;
    const title = say("重复性与再现性", "Repeatability and reproducibility");
    const absent = paragraph(
      say(
        "再现性（其他机器、其他推理后端）：不在本次评测计划内。",
        "Reproducibility (other machine, other provider): not part of this plan.",
      ),
      "muted",
    );
    if (!repeat)
      return {
        id: "t8",
        title,
        newPage: true,
        blocks: [
          paragraph(
            say(
              "T8 重复性：不在本次评测计划内，未重复运行。",
              "T8 repeatability: not part of this plan; nothing was run again.",
            ),
            "muted",
          ),
          absent,
        ],
      };
    const rows: Row[] = [
      [
        say("同一机器，新进程，病例顺序打乱", "same machine, fresh process, other order of cases"),
        "2",
        String(repeat.cases),
        repeat.cases > 0
          ? `${formatValue({ numerator: BigInt(repeat.equal), denominator: BigInt(repeat.cases) }, "proportion")} (${repeat.equal}/${repeat.cases})`
          : none,
        repeat.equal === repeat.cases ? "0" : none,
        none,
        none,
        verdictCell("information"),
      ],
    ];
    return {
      id: "t8",
      title,
      newPage: true,
      blocks: [
        {
          type: "table",
          id: "T8",
          caption: title,
          columns: [
            { title: say("条件", "Condition"), width: 26 },
            { title: say("次数", "Runs"), align: "end" },
            { title: say("病例", "Cases"), align: "end" },
            { title: say("判定一致率（逐字节）", "Equal answers (to the byte)"), align: "end" },
            { title: say("最大评分差", "Max score difference"), align: "end" },
            { title: "s_w / RC", align: "end" },
            { title: say("准则", "Criterion") },
            { title: say("结论", "Verdict"), align: "center" },
          ],
          rows,
        },
        absent,
      ],
    };
  },
};
