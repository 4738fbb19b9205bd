/** What a submitted model may hold at most, and what it may not hold at all. Bounds follow measurements of hostile files. */

export const onnxLimits = {
  fileBytes: 2 * 1024 * 1024 * 1024,
  /** After expansion of model-local functions. */
  nodes: 20_000,
  initializers: 20_000,
  /** Nested graphs. */
  depth: 8,
  inputs: 16,
  outputs: 64,
  functions: 1000,
  rank: 8,
  dimension: 2 ** 31,
  nameBytes: 200,
  /** Names of intermediate values, as exporters make them. */
  innerNameBytes: 1000,
  /** Doc strings and metadata, together. */
  metadataBytes: 16 * 1024 * 1024,
  /** Numbers and strings in attributes, together. */
  attributeValues: 1_000_000,
  attributeBytes: 16 * 1024 * 1024,
  /** Attributes, inputs and outputs of one node. */
  perNode: 10_000,
} as const;

export const admittedDomains = ["", "ai.onnx", "ai.onnx.ml", "com.microsoft"] as const;

/** Operators whose answers depend on a generator or on how often they were called. */
export const randomOperators: readonly string[] = [
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
  "Multinomial",
  "Bernoulli",
  "BiasDropout",
  "BitmaskDropout",
  "BitmaskBiasDropout",
  "Sampling",
];

/** Element types by their number in TensorProto.DataType, with bytes an element; those that are not listed are not admitted. */
export const elementTypes: Readonly<Record<number, { name: string; bytes: number; float: boolean }>> = {
  1: { name: "float32", bytes: 4, float: true },
  2: { name: "uint8", bytes: 1, float: false },
  3: { name: "int8", bytes: 1, float: false },
  4: { name: "uint16", bytes: 2, float: false },
  5: { name: "int16", bytes: 2, float: false },
  6: { name: "int32", bytes: 4, float: false },
  7: { name: "int64", bytes: 8, float: false },
  9: { name: "bool", bytes: 1, float: false },
  10: { name: "float16", bytes: 2, float: true },
  11: { name: "float64", bytes: 8, float: true },
  12: { name: "uint32", bytes: 4, float: false },
  13: { name: "uint64", bytes: 8, float: false },
};
