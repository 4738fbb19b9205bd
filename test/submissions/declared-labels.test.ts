/** Labels and classes that a manifest declares are those of the task, or it is refused with the place and with what is known. */
import { describe, expect, it } from "vitest";
import type { AnswerLabels } from "../../src/contract/prediction.js";
import type { OnnxSubmission } from "../../src/contract/submission.js";
import { postprocessOperations } from "../../src/inference/operations/index.js";
import { judgeLabels, judgeThresholds } from "../../src/submissions/declared-labels.js";
import { answerLabels } from "../../src/tasks/answer-labels.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";

const graded = answerLabels(taskProfile("dr-grading"));
const several = answerLabels(taskProfile("ecg-diagnosis"));

type Shape = OnnxSubmission["outputs"][number]["shape"];

/** Judges a grader with the output `grades` of that shape. */
function judge(step: object, shape: Shape = [1, 4], known: AnswerLabels | null = graded, input: Shape = [1, 3, 8, 8]) {
  const tensor = { name: "grades", dtype: "float32" as const, shape };
  const grading = { op: "decode-cumulative-grades", output: "grades", ...step };
  const marking = { op: "decode-centre-heatmap", output: "map", stride: 2, label: "nodule" };
  return () =>
    judgeLabels(
      {
        inputs: [{ ...tensor, name: "image", shape: input, axes: [], preprocess: [] }],
        outputs: [
          { ...tensor, name: "map", shape: [1, 5, "z", "y", "x"], scoreDirection: "higher" },
          { ...tensor, scoreDirection: "higher" },
        ],
        postprocess: [marking, grading],
      },
      postprocessOperations,
      known,
      "submission.yaml",
    );
}

const refusal = (pointer: string, message: string) =>
  expect.objectContaining({
    code: "SUBMISSION_LABEL_UNKNOWN",
    exit: 4,
    file: "submission.yaml",
    pointer,
    message,
  }) as Error;
const step = "submission.yaml: postprocessing step 2 (decode-cumulative-grades)";

describe("labels that postprocessing gives", () => {
  it("are taken where the task knows their name and every value", () => {
    expect(judge({})).not.toThrow();
    expect(judge({ label: "icdr" })).not.toThrow();
    // Grades 0 to 3 of a scale up to 4.
    expect(judge({}, [3])).not.toThrow();
  });

  it("are refused under another name, with the names that are known", () => {
    expect(judge({ label: "stage" })).toThrow(
      refusal(
        "/postprocess/1/label",
        `${step} gives labels.stage, which the task does not know; known are icdr, gradable`,
      ),
    );
  });

  it("are refused in a task that has none; labels of marks are others", () => {
    expect(judge({}, [1, 4], null)).toThrow(
      refusal("/postprocess/1/label", `${step} gives labels.icdr, which the task does not know; it has none`),
    );
  });

  it("are refused with a grade beyond the scale", () => {
    const beyond = refusal(
      "/postprocess/1/output",
      `${step} can give labels.icdr the value 5, not one of 0, 1, 2, 3, 4`,
    );
    expect(judge({}, [1, 5])).toThrow(beyond);
    expect(judge({}, [5])).toThrow(beyond);
    // Not 200 million values to look through.
    expect(judge({}, [1, 200_000_000])).toThrow(beyond);
  });

  it("are refused with values that another label of the task has", () => {
    expect(judge({ label: "gradable" })).toThrow(
      refusal("/postprocess/1/output", `${step} can give labels.gradable the value 2, neither 0 nor 1`),
    );
  });

  it("must have a number of values that the manifest says: a symbol of the input's first axis is one case", () => {
    expect(judge({}, ["n", 4], graded, ["n", 3, 8, 8])).not.toThrow();
    expect(judge({}, ["n", 5], graded, ["n", 3, 8, 8])).toThrow(/the value 5/);
    // A number there is no symbol.
    expect(judge({}, [4], graded, [4, 3, 8, 8])).not.toThrow();
    expect(judge({}, [5], graded, [5, 3, 8, 8])).toThrow(/the value 5/);
    const unsaid = refusal(
      "/postprocess/1/output",
      `${step} does not say which values labels.icdr can have: declare the output's shape in numbers`,
    );
    expect(judge({}, ["n", 4])).toThrow(unsaid);
    expect(judge({}, [1, "k"], graded, ["n", 3, 8, 8])).toThrow(unsaid);
  });

  it("of an output that is not declared have no values, and every case fails", () => {
    expect(judge({ output: "nothing" })).not.toThrow();
    expect(judge({ output: "nothing", label: "stage" })).toThrow(/labels\.stage/);
  });
});

describe("thresholds of classes", () => {
  const point = (thresholds: Record<string, number>, known: AnswerLabels | null) => () =>
    judgeThresholds({ operatingPoint: { thresholds } }, known, "submission.yaml");

  it("are taken for classes of the task; a common threshold, or none, is no matter of classes", () => {
    expect(point({ AF: 0.4, SB: 0.2 }, several)).not.toThrow();
    expect(() => judgeThresholds({ operatingPoint: { threshold: 0.5 } }, null, "submission.yaml")).not.toThrow();
    expect(() => judgeThresholds({}, null, "submission.yaml")).not.toThrow();
  });

  it("are refused for others, with the classes that are known", () => {
    expect(point({ AF: 0.4, "a-fib": 0.4 }, several)).toThrow(
      refusal(
        "/operatingPoint/thresholds",
        "submission.yaml: a threshold is declared for a-fib, which is no class of the task; known are 1dAVb, RBBB, LBBB, SB, AF, ST",
      ),
    );
    for (const known of [graded, null])
      expect(point({ icdr: 0.4 }, known)).toThrow(
        refusal(
          "/operatingPoint/thresholds",
          "submission.yaml: a threshold is declared for icdr, which is no class of the task; it has none",
        ),
      );
  });
});
