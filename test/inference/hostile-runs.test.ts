/** Models that misbehave while they run: every misdeed becomes a recorded failure of that case, and of that case alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { CaseIndex } from "../../src/contract/case-index.js";
import type { Prediction, Timing } from "../../src/contract/prediction.js";
import { run } from "../../src/inference/run.js";
import {
  graph,
  graphAttribute,
  intAttribute,
  model,
  node,
  tensor,
  tensorAttribute,
  value,
  type Message,
} from "../onnx-encoder.js";
import {
  answers,
  graderOf,
  meanConstants,
  meanNodes,
  pictureInput,
  pictureSet,
  protocolOf,
  submissionFolder,
  temporaryFolder,
} from "./fixtures.js";

const folder = temporaryFolder();
const set = join(folder, "set");
let index: CaseIndex;
beforeAll(async () => {
  // Brightness 0, 37, 74: the last one is "bright".
  index = await pictureSet(set, 3);
});

let runs = 0;
async function runModel(file: Buffer, caseSeconds = 20, changes = {}) {
  const name = `m${++runs}`;
  const submission = submissionFolder(join(folder, name), file, changes);
  const out = join(folder, `${name}-run`);
  const protocol = protocolOf({ deadlines: { createSeconds: 30, caseSeconds } });
  const document = await run({
    dataset: set,
    submissions: [submission],
    out,
    protocol,
    answers,
    openTruth: true,
    jobs: 2,
    isolation: ["plain"],
  });
  const lines = <T>(file: string) =>
    readFileSync(join(out, "grader", file), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as T);
  return {
    entry: document.submissions[0],
    predictions: lines<Prediction>("predictions.jsonl"),
    timings: lines<Timing>("timings.jsonl"),
  };
}

/** A grader that answers [mean x 4], but does `misdeed` (which makes `bad` from `mean`, 1 x 1) where the picture is bright. */
function onBright(misdeed: readonly Message[], initializers: readonly Message[] = []): Buffer {
  const branch = (nodes: readonly Message[], from: string) =>
    graph({
      nodes: [...nodes, node("Expand", [from, "four"], ["o"])],
      outputs: [value("o", "float32", [1, 4])],
    });
  return graderOf(
    [
      node("Greater", ["mean", "limit"], ["bright1"]),
      node("Squeeze", ["bright1"], ["bright"]),
      node(
        "If",
        ["bright"],
        ["grades"],
        [graphAttribute("then_branch", branch(misdeed, "bad")), graphAttribute("else_branch", branch([], "mean"))],
      ),
    ],
    [tensor("limit", "float32", [1], [0.25]), tensor("four", "int64", [2], [1, 4]), ...initializers],
  );
}

const bright = 2;
const statuses = (predictions: Prediction[]) => predictions.map(({ error, status }) => error?.code ?? status);
const onlyBright = (code: string) => index.cases.map((_, at) => (at === bright ? code : "ok"));

const endless = node(
  "Loop",
  ["", "yes", "mean"],
  ["bad"],
  [
    graphAttribute(
      "body",
      graph({
        nodes: [node("Identity", ["going"], ["go"]), node("Add", ["v", "limit"], ["w"])],
        inputs: [value("i", "int64", []), value("going", "bool", []), value("v", "float32", [1, 1])],
        outputs: [value("go", "bool", []), value("w", "float32", [1, 1])],
      }),
    ),
  ],
);

describe("one case fails, the others are answered:", () => {
  test("a loop without end passes the deadline, twice, once alone", async () => {
    const { predictions, entry, timings } = await runModel(onBright([endless], [tensor("yes", "bool", [], [1])]), 1);
    expect(statuses(predictions)).toEqual(onlyBright("MODEL_TIMEOUT"));
    expect(entry).toMatchObject({ failed: 1, failures: { MODEL_TIMEOUT: 1 }, repeat: { cases: 2, equal: 2 } });
    expect(timings.map(({ attempts }) => attempts)[bright]).toBe(2);
    expect(timings[0]?.peakMemoryMb).toBeGreaterThan(0);
  });

  test("an answer that is not a number", async () => {
    const zero = node("Sub", ["mean", "mean"], ["zero"]);
    const { predictions } = await runModel(onBright([zero, node("Div", ["zero", "zero"], ["bad"])]));
    expect(statuses(predictions)).toEqual(onlyBright("MODEL_OUTPUT_NOT_FINITE"));
    expect(predictions[bright]).toEqual({
      case: "case-003",
      status: "failed",
      findings: [],
      scores: {},
      labels: {},
      quantities: {},
      error: { code: "MODEL_OUTPUT_NOT_FINITE", message: 'output "grades" is not finite' },
    });
  });

  test("a tensor of 64 GB", async () => {
    const huge = [
      node("Expand", ["mean", "vast"], ["wide"]),
      node("ReduceMax", ["wide"], ["bad"], [intAttribute("keepdims", 1)]),
    ];
    const { predictions } = await runModel(onBright(huge, [tensor("vast", "int64", [2], [2 ** 17, 2 ** 17])]));
    expect(statuses(predictions)).toEqual(onlyBright("MODEL_OUT_OF_MEMORY"));
  });

  test("an index out of bounds, which ends ONNX Runtime's run with an error", async () => {
    const gather = [
      node("Cast", ["mean"], ["whole"], [intAttribute("to", 7)]),
      node("Add", ["whole", "far"], ["place"]),
      node("Gather", ["one", "place"], ["bad"]),
    ];
    const { predictions } = await runModel(onBright(gather, [tensor("far", "int64", [1], [1_000_000])]));
    expect(statuses(predictions)).toEqual(onlyBright("MODEL_RUNTIME_ERROR"));
  });
});

describe("all cases fail:", () => {
  test("outputs of another shape than declared, which ONNX Runtime passes without error", async () => {
    // Repeats are computed from the picture: no inference of shapes can know them.
    const lie = model(
      graph({
        nodes: [
          ...meanNodes,
          node("Cast", ["mean"], ["whole"], [intAttribute("to", 7)]),
          node("Reshape", ["whole", "single"], ["number"]),
          node("Add", ["number", "eight"], ["length"]),
          node(
            "ConstantOfShape",
            ["length"],
            ["grades"],
            [tensorAttribute("value", tensor("", "float32", [1], [0.5]))],
          ),
        ],
        initializers: [...meanConstants, tensor("single", "int64", [1], [1]), tensor("eight", "int64", [2], [1, 8])],
        inputs: [pictureInput],
        outputs: [value("grades", "float32", [1, null])],
      }),
    );
    const { predictions, entry } = await runModel(lie);
    expect(new Set(statuses(predictions))).toEqual(new Set(["MODEL_OUTPUT_SHAPE"]));
    expect(predictions[0]?.error?.message).toBe('output "grades" has shape [1, 8], declared is [1, 4]');
    expect(entry).toMatchObject({ failed: 3, repeat: { cases: 0, equal: 0 } });
  });

  test("a process that dies of its own output", async () => {
    // 800 MB of output fit once, not twice: copying them out of ONNX Runtime ends the process.
    const heavy = model(
      graph({
        nodes: [...meanNodes, node("Expand", ["mean", "vast"], ["grades"])],
        initializers: [...meanConstants, tensor("vast", "int64", [2], [1, 200_000_000])],
        inputs: [pictureInput],
        outputs: [value("grades", "float32", [1, null])],
      }),
    );
    const one = join(folder, "one");
    await pictureSet(one, 1);
    const submission = submissionFolder(join(folder, "heavy"), heavy, {
      outputs: [{ name: "grades", dtype: "float32", shape: [1, 200_000_000] }],
      resources: { memoryMb: 1 },
    });
    const out = join(folder, "heavy-run");
    const document = await run({
      dataset: one,
      submissions: [submission],
      out,
      protocol: protocolOf(),
      answers: { known: { labels: ["icdr"], scores: [], classes: [], fault: () => null }, check: () => {} },
      openTruth: true,
      isolation: ["plain"],
    });
    const failures = Object.keys(document.submissions[0]?.failures ?? {});
    expect(failures).toHaveLength(1);
    expect(["MODEL_CRASHED", "MODEL_OUT_OF_MEMORY"]).toContain(failures[0]);
  });

  test("preprocessing that gives another shape than the model takes", async () => {
    const inputs = [
      { name: "image", dtype: "float32", shape: [1, 3, 16, 16], axes: ["n", "c", "y", "x"], preprocess: [] },
    ];
    const { predictions } = await runModel(
      graderOf([node("Expand", ["mean", "four"], ["grades"])], [tensor("four", "int64", [2], [1, 4])]),
      20,
      { inputs },
    );
    expect(predictions[0]?.error).toEqual({
      code: "PREPROCESS_FAILED",
      message: "preprocessing gives [1, 3, 20, 24], the model takes [1, 3, 16, 16]",
    });
  });

  test("postprocessing that names an output which is not there", async () => {
    const { predictions } = await runModel(
      graderOf([node("Expand", ["mean", "four"], ["grades"])], [tensor("four", "int64", [2], [1, 4])]),
      20,
      {
        postprocess: [{ op: "decode-cumulative-grades", output: "nothing" }],
      },
    );
    expect(new Set(statuses(predictions))).toEqual(new Set(["POSTPROCESS_FAILED"]));
  });
});

test("the fixture's honest branch answers all cases", async () => {
  const { predictions } = await runModel(onBright([node("Identity", ["mean"], ["bad"])]));
  expect(statuses(predictions)).toEqual(index.cases.map(() => "ok"));
});
