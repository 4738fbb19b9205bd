/** Templates are documents that can be used as they are written. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { templates } from "../../src/cli/templates.js";
import { datasetCard } from "../../src/contract/dataset-card.js";
import { protocol } from "../../src/contract/protocol.js";
import { reportConfig } from "../../src/contract/report-config.js";
import { onnxSubmission, predictionsSubmission } from "../../src/contract/submission.js";
import { postprocessOperations, preprocessOperations } from "../../src/inference/operations/index.js";
import { readYaml } from "../../src/storage/documents.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { taskProfile, taskProfiles } from "../../src/tasks/profiles/index.js";

const scratch = mkdtempSync(join(tmpdir(), "medassay-templates-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function written(name: string, task: string): string {
  const file = join(scratch, `${name}-${task}.yaml`);
  writeFileSync(file, templates[name]?.(task) ?? "");
  return file;
}

describe.each(Object.keys(taskProfiles))("templates for %s", (task) => {
  it("give a card, a protocol and a report's settings", async () => {
    expect((await readYaml(written("dataset", task), datasetCard)).task).toBe(task);
    const effective = effectiveProtocol(taskProfile(task), await readYaml(written("protocol", task), protocol));
    expect(effective.acceptance.length).toBe(1);
    expect(effective.metrics).toContain(effective.primary);
    expect((await readYaml(written("report", task), reportConfig)).kind).toBe("presubmission");
  });

  it("give a submission whose steps the operations accept, or one of answers where recordings are not read", async () => {
    if (taskProfile(task).imageKind === "none") {
      const answers = await readYaml(written("submission", task), predictionsSubmission);
      expect(answers.task).toBe(task);
      return;
    }
    const manifest = await readYaml(written("submission", task), onnxSubmission);
    const steps = [
      ...manifest.inputs.flatMap((input) => input.preprocess.map((step) => [preprocessOperations, step] as const)),
      ...manifest.postprocess.map((step) => [postprocessOperations, step] as const),
    ];
    expect(steps.length).toBeGreaterThan(1);
    for (const [operations, step] of steps) {
      const parsed = operations[step.op]?.parameters.safeParse(step);
      expect(parsed?.success, `${step.op}: ${parsed?.error?.message ?? "unknown"}`).toBe(true);
    }
  });
});
