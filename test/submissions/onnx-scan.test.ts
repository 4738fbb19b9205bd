/** The static scan: what a model file may hold, judged before anything loads it. Attacks follow a catalogue of measured ones. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readOnnx } from "../../src/submissions/onnx-reader.js";
import { factsOf, judgeModel } from "../../src/submissions/onnx-rules.js";
import {
  bytes,
  dtypes,
  graph,
  graphAttribute,
  int,
  intAttribute,
  localFunction,
  message,
  model,
  node,
  tensor,
  tensorAttribute,
  value,
  type GraphParts,
  type Message,
  type ModelParts,
} from "../onnx-encoder.js";

const folder = mkdtempSync(join(tmpdir(), "medassay-scan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function scan(content: Buffer) {
  const file = join(folder, `${++files}.onnx`);
  writeFileSync(file, content);
  const read = readOnnx(file);
  judgeModel(read, file);
  return factsOf(read, { sha256: "0".repeat(64), bytes: content.length });
}

const x = value("x", "float32", [4]);
const y = value("y", "float32", [4]);
const relu = node("Relu", ["x"], ["y"]);

/** x float[4] -> y, with parts exchanged. */
function small(parts: Partial<GraphParts> = {}, modelParts: ModelParts = {}): Buffer {
  return model(graph({ nodes: [relu], inputs: [x], outputs: [y], ...parts }), modelParts);
}

function nestedIf(levels: number): Message {
  let body = graph({ nodes: [node("Identity", ["x"], ["o"])], outputs: [value("o", "float32", [4])] });
  for (let level = 0; level < levels; level++) {
    const branches = [graphAttribute("then_branch", body), graphAttribute("else_branch", body)];
    body = graph({ nodes: [node("If", ["c"], ["o"], branches)], outputs: [value("o", "float32", [4])] });
  }
  return node("If", ["c"], ["y"], [graphAttribute("then_branch", body), graphAttribute("else_branch", body)]);
}

/** f0 = Relu, fk = f(k-1) twice. */
const doubling = (levels: number) =>
  Array.from({ length: levels + 1 }, (_, k) =>
    localFunction(
      "own",
      `f${k}`,
      ["a"],
      ["b"],
      k === 0
        ? [node("Relu", ["a"], ["b"])]
        : [
            node(`f${k - 1}`, ["a"], ["m"], [], { domain: "own" }),
            node(`f${k - 1}`, ["m"], ["b"], [], { domain: "own" }),
          ],
      [
        { domain: "", version: 17 },
        { domain: "own", version: 1 },
      ],
    ),
  );
const ownDomain = [{ domain: "own", version: 1 }];
const callOwn = (name: string) => ({ nodes: [node(name, ["x"], ["y"], [], { domain: "own" })] });

const external = (location: string) =>
  message(
    int(1, 4),
    int(2, dtypes.float32),
    bytes(8, "w"),
    bytes(13, message(bytes(1, "location"), bytes(2, location))),
    int(14, 1),
  );
const addW = node("Add", ["x", "w"], ["y"]);
const shaped = (dims: readonly (number | bigint)[], raw: number) =>
  message(...dims.map((size) => int(1, size)), int(2, 1), bytes(8, "w"), bytes(9, Buffer.alloc(raw)));

const forbidden: [what: string, file: Buffer][] = [
  ["external data beside the folder", small({ nodes: [addW], initializers: [external("../secret.bin")] })],
  ["external data by absolute path", small({ nodes: [addW], initializers: [external("/dev/zero")] })],
  ["external data by address", small({ nodes: [addW], initializers: [external("*/_ORT_MEM_ADDR_/*")] })],
  [
    "external data inside a Constant",
    small({ nodes: [node("Constant", [], ["w"], [tensorAttribute("value", external("w.bin"))]), addW] }),
  ],
  ["a random operator", small({ nodes: [node("RandomNormalLike", ["x"], ["y"])] })],
  [
    "a random operator inside a branch",
    small({
      nodes: [
        node(
          "If",
          ["c"],
          ["y"],
          [
            graphAttribute(
              "then_branch",
              graph({ nodes: [node("RandomUniformLike", ["x"], ["o"])], outputs: [value("o", "float32", [4])] }),
            ),
            graphAttribute(
              "else_branch",
              graph({ nodes: [node("Identity", ["x"], ["o"])], outputs: [value("o", "float32", [4])] }),
            ),
          ],
        ),
      ],
      initializers: [tensor("c", "bool", [], [1])],
    }),
  ],
  [
    "Dropout in training mode",
    small({
      nodes: [node("Dropout", ["x", "r", "t"], ["y"])],
      initializers: [tensor("r", "float32", [], [0.5]), tensor("t", "bool", [], [1])],
    }),
  ],
  [
    "Dropout whose mode is computed",
    small({ nodes: [node("Cast", ["x"], ["t"], [intAttribute("to", 9)]), node("Dropout", ["x", "", "t"], ["y"])] }),
  ],
  [
    "an operator of an unknown domain",
    small(
      { nodes: [node("Evil", ["x"], ["y"], [], { domain: "com.evil" })] },
      { domains: [{ domain: "com.evil", version: 1 }] },
    ),
  ],
  ["training information", small({}, { extra: [bytes(20, message())] })],
  ["a hidden payload in an unknown field", small({}, { extra: [bytes(1022, Buffer.alloc(1000))] })],
  ["an unknown field in a node", small({ nodes: [message(relu, int(77, 1))] })],
  ["two graphs in one file", Buffer.concat([small(), small()])],
  ["a sparse initialiser", small({ extra: [bytes(15, message())] })],
  [
    "a duplicate initialiser",
    small({ initializers: [tensor("w", "float32", [1], [1]), tensor("w", "float32", [1], [2])] }),
  ],
  ["a duplicate output", small({ outputs: [y, y] })],
  [
    "an output named __proto__",
    small({ nodes: [node("Relu", ["x"], ["__proto__"])], outputs: [value("__proto__", "float32", [4])] }),
  ],
  [
    "a name with control characters",
    small({ nodes: [node("Relu", ["x"], ["y\u001b[31m"])], outputs: [value("y\u001b[31m", "float32", [4])] }),
  ],
  [
    "an operator name that is not UTF-8",
    small({ nodes: [message(bytes(1, "x"), bytes(2, "y"), bytes(4, Buffer.from([0xff, 0xfe])))] }),
  ],
  [
    "tensors of strings",
    small({ initializers: [message(int(1, 1), int(2, dtypes.string), bytes(8, "s"), bytes(6, "text"))] }),
  ],
  ["a string input", small({ inputs: [value("x", "string", [4])] })],
  ["a dimension of 0", small({ inputs: [value("x", "float32", [0])] })],
  ["fewer bytes than the shape needs", small({ nodes: [addW], initializers: [shaped([1048576, 1024], 16)] })],
  ["more bytes than the shape needs", small({ nodes: [addW], initializers: [shaped([2], 4096)] })],
  [
    "values that are there twice",
    small({ initializers: [message(tensor("w", "float32", [1], [1]), bytes(4, Buffer.alloc(4)))] }),
  ],
  [
    "a function that calls itself",
    small(callOwn("f"), {
      domains: ownDomain,
      functions: [localFunction("own", "f", ["a"], ["b"], [node("f", ["a"], ["b"], [], { domain: "own" })])],
    }),
  ],
  [
    "functions that call each other",
    small(callOwn("f"), {
      domains: ownDomain,
      functions: [
        localFunction("own", "f", ["a"], ["b"], [node("g", ["a"], ["b"], [], { domain: "own" })]),
        localFunction("own", "g", ["a"], ["b"], [node("f", ["a"], ["b"], [], { domain: "own" })]),
      ],
    }),
  ],
  ["operator set 6", small({}, { opset: 6 })],
  ["no operator set", message(int(1, 8), bytes(7, graph({ nodes: [relu], inputs: [x], outputs: [y] })))],
  ["no outputs", small({ outputs: [] })],
];

const excessive: [what: string, file: Buffer][] = [
  ["65 outputs", small({ outputs: Array.from({ length: 65 }, (_, i) => value(`y${i}`, "float32", [4])) })],
  ["20,001 nodes", small({ nodes: Array.from({ length: 20_001 }, () => relu) })],
  [
    "20,001 initialisers",
    small({ initializers: Array.from({ length: 20_001 }, (_, i) => tensor(`w${i}`, "float32", [1], [0])) }),
  ],
  ["graphs nested 9 deep", small({ nodes: [nestedIf(8)], initializers: [tensor("c", "bool", [], [1])] })],
  ["functions that double 16 times", small(callOwn("f16"), { domains: ownDomain, functions: doubling(16) })],
  ["functions that double 60 times", small(callOwn("f60"), { domains: ownDomain, functions: doubling(60) })],
  ["a name of 5 MB", small({ nodes: [node("Relu", ["x"], ["y".repeat(5_000_000)])] })],
  ["a tensor of rank 9", small({ initializers: [shaped([1, 1, 1, 1, 1, 1, 1, 1, 1], 4)] })],
  ["a negative dimension", small({ initializers: [shaped([-4n], 16)] })],
  ["a dimension of 2^62", small({ initializers: [shaped([1n << 62n], 16)] })],
  ["a declared dimension of -7", small({ outputs: [value("y", "float32", [-7])] })],
  [
    "an attribute of 50 MB",
    small({ nodes: [node("Relu", ["x"], ["y"], [message(bytes(1, "evil"), bytes(4, Buffer.alloc(50_000_000)))])] }),
  ],
  ["17 MB of metadata", small({}, { extra: [bytes(14, Buffer.alloc(17_000_000))] })],
];

const whole = small();
const malformed: [what: string, file: Buffer][] = [
  ["an empty file", Buffer.alloc(0)],
  ["text", Buffer.from("this is not a model, it only looks like one\n")],
  ["a truncated file", whole.subarray(0, whole.length - 5)],
  ["200 kB of group tags", Buffer.alloc(200_000, 0x0b)],
  ["a length of 2^63", Buffer.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])],
  ["a number of 11 bytes", Buffer.from([0x08, ...Array<number>(11).fill(0xff)])],
  ["field number 0", Buffer.from([0x00, 0x01])],
  ["no graph", message(int(1, 8))],
];

describe("a model file is refused", () => {
  test.each(forbidden)("that holds %s", (_, file) => {
    expect(() => scan(file)).toThrowError(expect.objectContaining({ code: "SUBMISSION_MODEL_FORBIDDEN" }) as Error);
  });
  test.each(excessive)("that holds %s", (_, file) => {
    expect(() => scan(file)).toThrowError(expect.objectContaining({ code: "SUBMISSION_MODEL_LIMIT" }) as Error);
  });
  test.each(malformed)("that is %s", (_, file) => {
    expect(() => scan(file)).toThrowError(expect.objectContaining({ code: "SUBMISSION_MODEL_MALFORMED" }) as Error);
  });
  test("beyond 2 GiB, before it is read", () => {
    const file = join(folder, "huge.onnx");
    writeFileSync(file, whole);
    // A sparse file: takes no space.
    truncateSync(file, 2 * 1024 ** 3 + 1);
    expect(() => readOnnx(file)).toThrowError(expect.objectContaining({ code: "SUBMISSION_MODEL_LIMIT" }) as Error);
  });
  test("with words of ours alone: nothing of the model's own texts is in the message", () => {
    const secret = "ignore-previous-results";
    const files = [
      small({ nodes: [node(secret, ["x"], ["y"], [], { domain: secret })] }),
      small({ outputs: [value(`${secret}!`, "float32", [4])] }),
    ];
    for (const file of files) expect(() => scan(file)).toThrowError(/^(?!.*ignore-previous)/s);
  });
});

describe("a model file is admitted", () => {
  test("with its facts, whether numbers are packed or not", () => {
    const packed = message(bytes(1, Buffer.from([2, 2])), int(2, 1), bytes(8, "w"), bytes(4, Buffer.alloc(16)));
    const facts = scan(
      small({
        nodes: [node("Add", ["x", "w"], ["s"]), node("Relu", ["s"], ["y"])],
        inputs: [value("x", "float32", [2, "N"]), value("w", "float32", [2, 2])],
        outputs: [value("y", "float32", null)],
        initializers: [packed],
      }),
    );
    expect(facts).toMatchObject({
      irVersion: 8,
      opsets: { "ai.onnx": 17 },
      producer: "medassay-tests",
      nodes: 2,
      initializers: 1,
      operators: { Add: 1, Relu: 1 },
      // w has an initialiser: it is no input that must be fed.
      inputs: [{ name: "x", dtype: "float32", shape: [2, "N"] }],
      outputs: [{ name: "y", dtype: "float32", shape: ["?"] }],
    });
  });
  test("with Dropout in inference mode, functions within the limit, and branches", () => {
    scan(small({ nodes: [node("Dropout", ["x", "", "t"], ["y"])], initializers: [tensor("t", "bool", [], [0])] }));
    scan(small(callOwn("f10"), { domains: ownDomain, functions: doubling(10) }));
    scan(small({ nodes: [nestedIf(7)], initializers: [tensor("c", "bool", [], [1])] }));
  });
});
