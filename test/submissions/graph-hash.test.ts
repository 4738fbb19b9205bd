/** The hash of a graph without its weights: what changes it and what does not. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { graphHash } from "../../src/submissions/graph-hash.js";
import { readOnnx } from "../../src/submissions/onnx-reader.js";
import {
  bytes,
  float,
  floatAttribute,
  graph,
  graphAttribute,
  int,
  message,
  model,
  node,
  tensor,
  tensorAttribute,
  value,
  type Message,
} from "../onnx-encoder.js";

const folder = mkdtempSync(join(tmpdir(), "medassay-graph-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function hash(content: Buffer): string {
  const file = join(folder, `${++files}.onnx`);
  writeFileSync(file, content);
  return graphHash(readOnnx(file));
}

interface Choices {
  weights?: readonly number[];
  slope?: number;
  shape?: readonly number[];
  prefix?: string;
  swapped?: boolean;
  opset?: number;
  producer?: string;
  axes?: number;
  output?: string;
  documented?: boolean;
  crossed?: boolean;
}

/** Two branches from x, one scaled, one shifted, added and reshaped. */
function twoBranches(choices: Choices = {}): Buffer {
  const {
    weights = [1, 2, 3, 4],
    slope = 0.1,
    shape = [1, 4],
    prefix = "",
    swapped = false,
    crossed = false,
  } = choices;
  const doc = choices.documented ? [bytes(6, "drawn by hand")] : [];
  const left = [
    message(node("Mul", ["x", `${prefix}w`], [`${prefix}scaled`]), ...doc),
    node("LeakyRelu", [`${prefix}scaled`], [`${prefix}left`], [floatAttribute("alpha", slope)]),
  ];
  const right = [node("Add", [crossed ? `${prefix}left` : "x", `${prefix}b`], [`${prefix}right`])];
  const output = choices.output ?? "y";
  return model(
    graph({
      nodes: [
        ...(swapped ? [...right, ...left] : [...left, ...right]),
        node(
          "Concat",
          [`${prefix}left`, `${prefix}right`],
          [`${prefix}both`],
          [message(bytes(1, "axis"), int(3, choices.axes ?? 0), int(20, 2))],
        ),
        node("Reshape", [`${prefix}both`, `${prefix}shape`], [output]),
      ],
      inputs: [value("x", "float32", [4])],
      outputs: [value(output, "float32", [2, 4])],
      initializers: [
        tensor(`${prefix}w`, "float32", [weights.length], weights),
        tensor(`${prefix}b`, "float32", [1], [weights[0] as number]),
        tensor(`${prefix}shape`, "int64", [shape.length], shape),
      ],
    }),
    { opset: choices.opset ?? 17, producer: choices.producer ?? "a" },
  );
}

const reference = hash(twoBranches());

describe("the hash stays", () => {
  test.each<[string, Choices]>([
    ["other weights", { weights: [9, 8, 7, 6] }],
    ["other names of intermediate values and initialisers", { prefix: "layer/" }],
    ["nodes written in another order", { swapped: true }],
    ["another producer", { producer: "b" }],
    ["doc strings", { documented: true }],
  ])("with %s", (_, choices) => {
    expect(hash(twoBranches(choices))).toBe(reference);
  });

  test("with another float constant in a node", () => {
    const withConstant = (constant: Message) =>
      hash(
        model(
          graph({
            nodes: [node("Constant", [], ["c"], [constant]), node("Mul", ["x", "c"], ["y"])],
            inputs: [value("x", "float32", [4])],
            outputs: [value("y", "float32", [4])],
          }),
        ),
      );
    const half = withConstant(tensorAttribute("value", tensor("", "float32", [1], [0.5])));
    expect(withConstant(tensorAttribute("value", tensor("", "float32", [1], [0.7])))).toBe(half);
    expect(withConstant(tensorAttribute("value", tensor("", "float32", [2], [0.5, 0.5])))).not.toBe(half);
    const scalar = (x: number) => withConstant(message(bytes(1, "value_float"), float(2, x), int(20, 1)));
    expect(scalar(1)).toBe(scalar(2));
  });
});

describe("the hash changes", () => {
  test.each<[string, Choices]>([
    ["the number of weights", { weights: [1, 2, 3, 4, 5] }],
    ["an attribute", { slope: 0.2 }],
    ["an integer tensor, which steers shapes", { shape: [4, 1] }],
    ["the operator set", { opset: 16 }],
    ["an integer attribute", { axes: 1 }],
    ["the name of an output", { output: "z" }],
    ["the wiring", { crossed: true }],
  ])("with %s", (_, choices) => {
    expect(hash(twoBranches(choices))).not.toBe(reference);
  });

  test("with what a branch of an If does, but not with the names in it", () => {
    const branching = (op: string, name: string) => {
      const branch = graph({ nodes: [node(op, ["x"], [name])], outputs: [value(name, "float32", [4])] });
      const other = graph({ nodes: [node("Identity", ["x"], ["o"])], outputs: [value("o", "float32", [4])] });
      return hash(
        model(
          graph({
            nodes: [
              node("If", ["c"], ["y"], [graphAttribute("then_branch", branch), graphAttribute("else_branch", other)]),
            ],
            inputs: [value("x", "float32", [4]), value("c", "bool", [])],
            outputs: [value("y", "float32", [4])],
          }),
        ),
      );
    };
    expect(branching("Relu", "o")).toBe(branching("Relu", "p"));
    expect(branching("Relu", "o")).not.toBe(branching("Neg", "o"));
  });
});
