/** T12: environment, equipment, traceability. */
import { paragraph, say, type Row } from "../document.js";
import type { SectionDefinition } from "../input.js";
import { none, unrecorded } from "../wording/metric-line.js";

export const environment: SectionDefinition = {
  id: "t12",
  build: ({ config, result, run }) => {
    const { environment: machine } = run;
    const rows: Row[] = [
      [
        say("测试计算机", "Test computer"),
        machine.cpu,
        unrecorded,
        say(
          `${machine.cores} 核，内存 ${Math.round(machine.memoryMb)} MB，${machine.platform} ${machine.arch}`,
          `${machine.cores} cores, ${Math.round(machine.memoryMb)} MB memory, ${machine.platform} ${machine.arch}`,
        ),
        say("运行", "run"),
        say("正常", "in order"),
      ],
      [
        say("推理运行库", "Inference runtime"),
        machine.onnxruntime === null ? none : "ONNX Runtime",
        none,
        machine.onnxruntime === null
          ? say("未使用", "not used")
          : `${machine.onnxruntime}${machine.provider === null ? "" : `, ${machine.provider}`}`,
        say("推理", "inference"),
        machine.onnxruntime === null ? none : say("正常", "in order"),
      ],
      [
        say("运行程序", "Running tool"),
        run.tool.name,
        none,
        `${run.tool.version}, Node ${machine.node}`,
        say("调度", "scheduling"),
        say("正常", "in order"),
      ],
      [
        say("评分程序", "Evaluation tool"),
        result.tool.name,
        none,
        result.tool.version,
        say("评分", "scoring"),
        say("可由 verify 复算", "recomputable by verify"),
      ],
    ];
    return {
      id: "t12",
      title: say("环境、设备、可追溯", "Environment, equipment, traceability"),
      blocks: [
        {
          type: "table",
          id: "T12",
          caption: say("环境、设备、可追溯", "Environment, equipment, traceability"),
          columns: [
            { title: say("名称", "Name") },
            { title: say("型号", "Model") },
            { title: say("编号", "Id") },
            { title: say("规格 / 版本", "Spec, version") },
            { title: say("用途", "Use") },
            { title: say("状态", "State") },
          ],
          rows,
        },
        {
          type: "table",
          plain: true,
          columns: [{ title: say("项目", "Item"), width: 34 }, { title: say("内容", "Content") }],
          rows: [
            [say("温度 / 湿度", "Temperature / humidity"), say("—（与软件无关）", "— (not relevant to software)")],
            [say("开始 / 结束时间（UTC）", "Start / end (UTC)"), `${run.startedAt} / ${run.endedAt ?? unrecorded}`],
            [say("随机种子", "Random seed"), String(result.seed)],
            [
              say("与计划的偏离", "Deviations from the plan"),
              config.deviations.length === 0 ? say("无", "none") : config.deviations.join("; "),
            ],
          ],
        },
        paragraph(
          say(
            `追溯链：评测计划 ${result.context.protocol.id} → 数据分层（T3）→ 提交 ${result.submission} 的运行 → result.json（${"摘要见首页"}）→ 表格单元。`,
            `Traceability: plan ${result.context.protocol.id} → strata (T3) → run of submission ${result.submission} → result.json (digest on the summary page) → table cell.`,
          ),
        ),
      ],
    };
  },
};
