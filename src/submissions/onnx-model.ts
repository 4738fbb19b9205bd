/** An ONNX model as the reader gives it: structure without weights. */

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  /** SHA-256 of the values, little-endian, of integer and boolean tensors; null for floating point. */
  readonly content: string | null;
  /** Values of integer and boolean tensors of 64 bytes or less. */
  readonly small: Buffer | null;
}

export type AttributeValue =
  | { readonly kind: "number"; readonly value: string }
  | { readonly kind: "numbers"; readonly values: readonly string[] }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "texts"; readonly values: readonly string[] }
  | { readonly kind: "tensor"; readonly tensor: OnnxTensor }
  | { readonly kind: "tensors"; readonly tensors: readonly OnnxTensor[] }
  | { readonly kind: "graph"; readonly graph: OnnxGraph }
  | { readonly kind: "graphs"; readonly graphs: readonly OnnxGraph[] }
  | { readonly kind: "reference"; readonly name: string }
  | { readonly kind: "type" };

export interface OnnxAttribute {
  readonly name: string;
  readonly value: AttributeValue;
}

export interface OnnxNode {
  readonly op: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
}

export interface OnnxValue {
  readonly name: string;
  readonly dtype: string;
  /** Numbers, symbols, or "?" where nothing is said; null where the file gives no shape. */
  readonly shape: readonly (number | string)[] | null;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  readonly opsets: ReadonlyMap<string, number>;
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
}
