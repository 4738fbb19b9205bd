/** `run`: what comes out of cases and models, whatever the number of processes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../src/inference/run.js";
import { brightnessGrader, pictureSet, protocolOf, submissionFolder, temporaryFolder } from "./fixtures.js";

const protocol = protocolOf();

describe("a run of a working model", () => {
  test("answers every case in index order, the same bytes with 1, 2 and 4 processes", async () => {
    const folder = temporaryFolder();
    const set = join(folder, "set");
    const index = await pictureSet(set, 12);
    const submission = submissionFolder(join(folder, "submission"), brightnessGrader());
    const texts = [];
    for (const jobs of [1, 2, 4]) {
      const out = join(folder, `run-${jobs}`);
      const document = await run({ dataset: set, submissions: [submission], out, protocol, openTruth: true, jobs });
      expect(document.submissions[0]).toMatchObject({ status: "complete", failed: 0, repeat: { cases: 3, equal: 3 } });
      texts.push(readFileSync(join(out, "grader", "predictions.jsonl"), "utf8"));
    }
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
    const lines = (texts[0] as string)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { case: string; status: string });
    expect(lines.map((line) => line.case)).toEqual(index.cases.map(({ id }) => id));
    expect(lines.every((line) => line.status === "ok")).toBe(true);
  });
});
