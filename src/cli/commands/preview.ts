/** `preview`: a product's marks drawn on the image of a case. Shows no truth. */
import { basename, dirname, resolve } from "node:path";
import { exitCodes, fail } from "../../contract/errors.js";
import type { Finding } from "../../contract/finding.js";
import { defineCommand, text } from "../command.js";

/** Lung window, and the most marks drawn. */
const window = { level: -500, width: 1500 };
const mostMarks = 20;

export const previewCommand = defineCommand({
  usage: "preview <submission> <case> <file>",
  describe: { "zh-CN": "把产品的标记画在病例图像上（PNG）", en: "draw a product's marks on the image of a case (PNG)" },
  positionals: {
    submission: { "zh-CN": "<运行>/<提交物>", en: "<run>/<submission>" },
    case: { "zh-CN": "病例编号", en: "id of the case" },
    file: { "zh-CN": "PNG 文件", en: "PNG file to write" },
  },
  options: {
    dataset: { type: "string", describe: "the test set, where it has moved" },
    threshold: { type: "number", describe: "lowest score drawn; the declared threshold when left out" },
  },
  async handle(args, { terminal }) {
    const { openRun, readPredictions, submissionOf } = await import("../../evaluation/run-folder.js");
    const { drawMarks } = await import("../drawing.js");
    const { writeFileAtomic } = await import("../../storage/atomic.js");
    const place = resolve(text(args.submission));
    const opened = await openRun(dirname(place), args.dataset);
    const entry = submissionOf(opened, basename(place));
    const id = text(args.case);
    const indexed = opened.index.cases.find((candidate) => candidate.id === id);
    if (!indexed || indexed.kind === "none") fail("USAGE", `there is no case ${id} with an image in the test set`);
    const { predictions } = await readPredictions(opened, entry);
    const lowest = args.threshold ?? entry.manifest.operatingPoint?.threshold ?? -Infinity;
    const byScore = (a: Finding, b: Finding) => (b.score ?? 0) - (a.score ?? 0);
    const marks = (predictions.find((prediction) => prediction.case === id)?.findings ?? [])
      .filter(({ score }) => (score ?? 0) >= lowest)
      .sort(byScore)
      .slice(0, mostMarks);
    await writeFileAtomic(text(args.file), await drawMarks(opened.dataset, indexed, marks, window));
    terminal.result(
      { file: text(args.file), marks: marks.length },
      terminal.text(`${text(args.file)}：${marks.length} 个标记`, `${text(args.file)}: ${marks.length} marks`),
    );
    return exitCodes.done;
  },
});
