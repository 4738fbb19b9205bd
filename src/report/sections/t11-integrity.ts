/** T11: security and run integrity: seal, isolation, order of opening, hashes. */
import { join, say, type Cell, type Row, type Text } from "../document.js";
import type { ReportInput, SectionDefinition } from "../input.js";
import { none } from "../wording/metric-line.js";

export const integrity: SectionDefinition = {
  id: "t11",
  build: (input) => {
    const { result, run, submissionRun } = input;
    const { inputs } = result;
    const rows: Row[] = [
      [
        say("真值封存", "Seal"),
        result.openTruth
          ? say("真值公开（OPEN），无封存", "truth open (OPEN), no seal")
          : hash(`${inputs.truthCommitment ?? none}`),
      ],
      [
        say("封存的承诺值运行时与评分时相同", "Commitment equal at run and at scoring"),
        result.openTruth
          ? none
          : run.truthCommitment !== null && run.truthCommitment === inputs.truthCommitment
            ? say("是", "yes")
            : say("否", "no"),
      ],
      [
        say("真值读取晚于最后一个推理进程结束", "Truth read only after the last inference process had ended"),
        lastProcess(input),
      ],
      [say("模型隔离级别", "Isolation level reached"), isolation(input)],
      [say("计划要求的隔离级别", "Isolation level asked for"), `≥ ${result.context.protocol.isolation.atLeast}`],
      [
        say("时限", "Deadlines"),
        say(
          `载入 ${result.context.protocol.deadlines.createSeconds} s，单例 ${result.context.protocol.deadlines.caseSeconds} s`,
          `creation ${result.context.protocol.deadlines.createSeconds} s, case ${result.context.protocol.deadlines.caseSeconds} s`,
        ),
      ],
      [
        say("并发", "Concurrency"),
        run.concurrency
          ? say(
              `${run.concurrency.processes} 个进程，每进程 ${run.concurrency.threadsPerProcess} 线程`,
              `${run.concurrency.processes} processes, ${run.concurrency.threadsPerProcess} threads each`,
            )
          : none,
      ],
      [say("数据集卡摘要", "Card"), hash(inputs.cardHash)],
      [say("索引摘要", "Index"), hash(inputs.indexHash)],
      [say("真值摘要", "Truth"), hash(inputs.truthHash)],
      [say("计划摘要", "Plan"), hash(inputs.protocolHash)],
      [say("提交清单摘要", "Submission"), hash(inputs.submissionHash)],
      [say("预测结果摘要", "Predictions"), hash(inputs.predictionsHash)],
      [say("结果文件摘要", "Result"), hash(input.digest)],
      [
        say("披露检查", "Disclosure"),
        result.suppressed
          ? say(
              `少于 ${result.context.protocol.disclosure.minimumCell} 个单位的单元格已隐去`,
              `cells under ${result.context.protocol.disclosure.minimumCell} units are masked`,
            )
          : say("保管方版，未隐去", "custodian's copy, nothing masked"),
      ],
      [
        say("运行备注", "Notes of the run"),
        submissionRun.notes.length === 0 ? say("无", "none") : join(submissionRun.notes.slice(0, 30)),
      ],
    ];
    return {
      id: "t11",
      title: say("数据安全与运行完整性", "Security and run integrity"),
      newPage: true,
      blocks: [
        {
          type: "table",
          id: "T11",
          caption: say("数据安全与运行完整性", "Security and run integrity"),
          columns: [{ title: say("项目", "Item"), width: 34 }, { title: say("结果", "Result") }],
          rows,
          notes: [say("摘要均为 SHA-256。", "All hashes are SHA-256.")],
        },
      ],
    };
  },
};

function hash(value: string): Cell {
  return { text: value, mono: true };
}

function lastProcess({ result, run }: ReportInput): Text {
  if (run.kind === "score") return say("—（未运行模型）", "— (no model was run)");
  if (run.lastProcessEndedAt === null) return say("未记录", "not recorded");
  return result.openTruth
    ? say(
        `最后进程结束于 ${run.lastProcessEndedAt}；真值公开`,
        `last process ended at ${run.lastProcessEndedAt}; the truth was open`,
      )
    : say(`最后进程结束于 ${run.lastProcessEndedAt}`, `last process ended at ${run.lastProcessEndedAt}`);
}

function isolation({ run }: ReportInput): Text {
  if (!run.isolation)
    return run.kind === "score" ? say("—（未运行模型）", "— (no model was run)") : say("未记录", "not recorded");
  const probes = Object.entries(run.isolation.probes).map(([name, held]) =>
    join([name, held ? say("是", "yes") : say("否", "no")], " "),
  );
  const list = join(probes);
  return say(
    `${run.isolation.level}（${run.isolation.method}）${list["zh-CN"] ? `；探测：${list["zh-CN"]}` : ""}`,
    `${run.isolation.level} (${run.isolation.method})${list.en ? `; probes: ${list.en}` : ""}`,
  );
}
