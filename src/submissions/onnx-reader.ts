/**
 * Reads the structure of an ONNX file with its own bounded walk over the wire format: weights are skipped, counts and
 * depths are checked while reading, unknown fields are refused. Field numbers: onnx.proto3 of onnx 1.23.
 */
import { createHash } from "node:crypto";
import { fail } from "../contract/errors.js";
import { elementTypes, onnxLimits as limits } from "./onnx-limits.js";
import type {
  AttributeValue,
  OnnxAttribute,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from "./onnx-model.js";
import { WireFile, type WireField } from "./wire.js";

/** Reads and bounds a model file. @throws SUBMISSION_MODEL_MALFORMED, SUBMISSION_MODEL_LIMIT, SUBMISSION_MODEL_FORBIDDEN */
export function readOnnx(path: string): OnnxModel {
  const file = new WireFile(path);
  try {
    if (file.size > limits.fileBytes) exceeded(path, "file", `${file.size} bytes, the limit is ${limits.fileBytes}`);
    if (file.size === 0) file.malformed("the file is empty");
    return new OnnxReader(file, path).model();
  } finally {
    file.close();
  }
}

function exceeded(path: string, place: string, what: string): never {
  fail("SUBMISSION_MODEL_LIMIT", `${path}: ${place}: ${what}`, { file: path, pointer: place });
}

class OnnxReader {
  readonly #file: WireFile;
  readonly #path: string;
  #nodes = 0;
  #initializers = 0;
  #metadataBytes = 0;
  #attributeValues = 0;
  #attributeBytes = 0;

  constructor(file: WireFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  #forbidden(place: string, what: string): never {
    fail("SUBMISSION_MODEL_FORBIDDEN", `${this.#path}: ${place}: ${what}`, { file: this.#path, pointer: place });
  }

  #unknown(place: string, field: WireField): never {
    this.#forbidden(place, `unknown field ${field.number}`);
  }

  #exceeded(place: string, what: string): never {
    exceeded(this.#path, place, what);
  }

  #expect(field: WireField, wire: WireField["wire"], place: string): WireField {
    if (field.wire !== wire) this.#file.malformed(`${place}: field ${field.number} has wire type ${field.wire}`);
    return field;
  }

  #text(field: WireField, limit: number, place: string): string {
    this.#expect(field, 2, place);
    const length = field.end - field.start;
    if (length > limit) this.#exceeded(place, `a text of ${length} bytes, the limit is ${limit}`);
    const bytes = this.#file.bytes(field.start, field.end);
    const text = bytes.toString("utf8");
    if (/[\u0000-\u001f\u007f\ufffd]/.test(text)) this.#forbidden(place, "a text with control or invalid characters");
    return text;
  }

  #metadata(field: WireField, place: string): void {
    this.#expect(field, 2, place);
    this.#metadataBytes += field.end - field.start;
    if (this.#metadataBytes > limits.metadataBytes)
      this.#exceeded(place, `doc strings and metadata of more than ${limits.metadataBytes} bytes`);
  }

  #integer(field: WireField, place: string): number {
    this.#expect(field, 0, place);
    const value = BigInt.asIntN(64, field.value);
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
      this.#exceeded(place, "a number beyond 2^53");
    return Number(value);
  }

  model(): OnnxModel {
    let irVersion: number | undefined;
    let producer = "";
    let graph: OnnxGraph | undefined;
    const opsets = new Map<string, number>();
    const functions: OnnxFunction[] = [];
    this.#file.fields(0, this.#file.size, (field) => {
      switch (field.number) {
        case 1:
          irVersion = this.#integer(field, "ir_version");
          break;
        case 2:
          producer = this.#text(field, limits.nameBytes, "producer_name");
          break;
        case 3:
        case 4:
        case 6:
        case 14:
          this.#metadata(field, `model field ${field.number}`);
          break;
        case 5:
          this.#expect(field, 0, "model_version");
          break;
        case 7:
          if (graph) this.#forbidden("graph", "the graph is there twice");
          graph = this.#graph(this.#expect(field, 2, "graph"), "graph", 0);
          break;
        case 8:
          this.#opset(field, opsets, "opset_import");
          break;
        case 20:
          this.#forbidden("training_info", "training information is not admitted");
        case 25:
          if (functions.length >= limits.functions)
            this.#exceeded("functions", `more than ${limits.functions} functions`);
          functions.push(this.#function(this.#expect(field, 2, "functions"), `functions[${functions.length}]`));
          break;
        default:
          this.#unknown("model", field);
      }
    });
    if (!graph) this.#file.malformed("the file holds no graph");
    if (irVersion === undefined || irVersion < 3 || irVersion > 100)
      this.#forbidden("ir_version", `${irVersion ?? "none"} is not an ONNX IR version from 3 on`);
    if (opsets.size === 0) this.#forbidden("opset_import", "no operator set is named");
    return { irVersion, producer, opsets, graph, functions };
  }

  #opset(field: WireField, opsets: Map<string, number>, place: string): void {
    this.#expect(field, 2, place);
    let domain = "";
    let version = 0;
    this.#file.fields(field.start, field.end, (inner) => {
      if (inner.number === 1) domain = this.#text(inner, limits.nameBytes, place);
      else if (inner.number === 2) version = this.#integer(inner, place);
      else this.#unknown(place, inner);
    });
    if (domain === "ai.onnx") domain = "";
    if (opsets.has(domain)) this.#forbidden(place, "a domain is there twice");
    opsets.set(domain, version);
  }

  #graph(range: WireField, place: string, depth: number): OnnxGraph {
    if (depth > limits.depth) this.#exceeded(place, `graphs nested more than ${limits.depth} deep`);
    const nodes: OnnxNode[] = [];
    const initializers: OnnxTensor[] = [];
    const inputs: OnnxValue[] = [];
    const outputs: OnnxValue[] = [];
    const names = new Set<string>();
    this.#file.fields(range.start, range.end, (field) => {
      this.#expect(field, 2, place);
      switch (field.number) {
        case 1:
          nodes.push(this.#node(field, `${place}/node[${nodes.length}]`, depth));
          break;
        case 2:
        case 10:
        case 14:
        case 16:
          this.#metadata(field, place);
          break;
        case 5: {
          if (++this.#initializers > limits.initializers)
            this.#exceeded(place, `more than ${limits.initializers} initialisers`);
          const at = `${place}/initializer[${initializers.length}]`;
          const tensor = this.#tensor(field, at);
          if (tensor.name === "" || names.has(tensor.name))
            this.#forbidden(at, "an initialiser's name is empty or used twice");
          names.add(tensor.name);
          initializers.push(tensor);
          break;
        }
        case 11:
          if (depth === 0 && inputs.length >= limits.inputs + limits.initializers)
            this.#exceeded(place, "too many inputs");
          inputs.push(this.#value(field, `${place}/input[${inputs.length}]`));
          break;
        case 12:
          if (outputs.length >= limits.outputs) this.#exceeded(place, `more than ${limits.outputs} outputs`);
          outputs.push(this.#value(field, `${place}/output[${outputs.length}]`));
          break;
        case 13:
          // Shapes of intermediate values: claims that ONNX Runtime infers anew.
          break;
        case 15:
          this.#forbidden(`${place}/sparse_initializer`, "sparse initialisers are not admitted");
        default:
          this.#unknown(place, field);
      }
    });
    return { nodes, initializers, inputs, outputs };
  }

  #node(range: WireField, place: string, depth: number): OnnxNode {
    if (++this.#nodes > limits.nodes) this.#exceeded(place, `more than ${limits.nodes} nodes`);
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes: OnnxAttribute[] = [];
    let op = "";
    let domain = "";
    let overload = "";
    const push = (list: unknown[], what: string) => {
      if (list.length >= limits.perNode) this.#exceeded(place, `more than ${limits.perNode} ${what}`);
    };
    this.#file.fields(range.start, range.end, (field) => {
      switch (field.number) {
        case 1:
          push(inputs, "inputs");
          inputs.push(this.#text(field, limits.innerNameBytes, place));
          break;
        case 2:
          push(outputs, "outputs");
          outputs.push(this.#text(field, limits.innerNameBytes, place));
          break;
        case 4:
          op = this.#text(field, limits.nameBytes, place);
          break;
        case 5:
          push(attributes, "attributes");
          attributes.push(
            this.#attribute(this.#expect(field, 2, place), `${place}/attribute[${attributes.length}]`, depth),
          );
          break;
        case 7:
          domain = this.#text(field, limits.nameBytes, place);
          break;
        case 8:
          overload = this.#text(field, limits.nameBytes, place);
          break;
        case 3:
        case 6:
        case 9:
          this.#metadata(field, place);
          break;
        default:
          this.#unknown(place, field);
      }
    });
    if (op === "") this.#forbidden(place, "a node without operator");
    return { op, domain: domain === "ai.onnx" ? "" : domain, overload, inputs, outputs, attributes };
  }

  #count(bytes: number, values: number, place: string): void {
    this.#attributeBytes += bytes;
    this.#attributeValues += values;
    if (this.#attributeBytes > limits.attributeBytes || this.#attributeValues > limits.attributeValues)
      this.#exceeded(place, "attributes hold too much");
  }

  #attribute(range: WireField, place: string, depth: number): OnnxAttribute {
    let name = "";
    let value: AttributeValue | undefined;
    const numbers: string[] = [];
    const texts: string[] = [];
    const tensors: OnnxTensor[] = [];
    const graphs: OnnxGraph[] = [];
    let type: number | undefined;
    const set = (next: AttributeValue) => {
      if (value) this.#forbidden(place, "an attribute with two values");
      value = next;
    };
    const bounded = (field: WireField, bytesEach: number) => {
      this.#count(field.end - field.start, (field.end - field.start) / bytesEach, place);
      return this.#file.bytes(field.start, field.end);
    };
    this.#file.fields(range.start, range.end, (field) => {
      switch (field.number) {
        case 1:
          name = this.#text(field, limits.nameBytes, place);
          break;
        case 2:
          set({ kind: "number", value: String(bounded(this.#expect(field, 5, place), 4).readFloatLE()) });
          break;
        case 3:
          set({ kind: "number", value: String(BigInt.asIntN(64, this.#expect(field, 0, place).value)) });
          break;
        case 4:
          set({ kind: "text", value: bounded(this.#expect(field, 2, place), 1e6).toString("hex") });
          break;
        case 5:
          set({ kind: "tensor", tensor: this.#tensor(this.#expect(field, 2, place), `${place}/t`) });
          break;
        case 6:
          set({ kind: "graph", graph: this.#graph(this.#expect(field, 2, place), `${place}/g`, depth + 1) });
          break;
        case 7: {
          if (field.wire !== 5 && field.wire !== 2) this.#file.malformed(`${place}: floats`);
          const bytes = bounded(field, 4);
          for (let at = 0; at + 4 <= bytes.length; at += 4) numbers.push(String(bytes.readFloatLE(at)));
          break;
        }
        case 8:
          if (field.wire === 0) {
            this.#count(0, 1, place);
            numbers.push(String(BigInt.asIntN(64, field.value)));
          } else {
            this.#count(field.end - field.start, field.end - field.start, place);
            this.#expect(field, 2, place);
            this.#file.packedVarints(field.start, field.end, (item) => numbers.push(String(BigInt.asIntN(64, item))));
          }
          break;
        case 9:
          texts.push(bounded(this.#expect(field, 2, place), 1e6).toString("hex"));
          this.#count(0, 1, place);
          break;
        case 10:
          this.#count(0, 1, place);
          tensors.push(this.#tensor(this.#expect(field, 2, place), `${place}/tensors[${tensors.length}]`));
          break;
        case 11:
          this.#count(0, 1, place);
          graphs.push(this.#graph(this.#expect(field, 2, place), `${place}/graphs[${graphs.length}]`, depth + 1));
          break;
        case 13:
          this.#metadata(field, place);
          break;
        case 14:
        case 15:
          this.#metadata(field, place);
          if (value?.kind !== "type") set({ kind: "type" });
          break;
        case 20:
          type = this.#integer(field, place);
          break;
        case 21:
          set({ kind: "reference", name: this.#text(field, limits.nameBytes, place) });
          break;
        case 22:
        case 23:
          this.#forbidden(place, "sparse tensors are not admitted");
        default:
          this.#unknown(place, field);
      }
    });
    if (numbers.length > 0) set({ kind: "numbers", values: numbers });
    if (texts.length > 0) set({ kind: "texts", values: texts });
    if (tensors.length > 0) set({ kind: "tensors", tensors });
    if (graphs.length > 0) set({ kind: "graphs", graphs });
    return { name, value: value ?? emptyAttribute(type) };
  }

  /** A tensor's type and dimensions; values are skipped (floating point) or hashed (integers, booleans). */
  #tensor(range: WireField, place: string): OnnxTensor {
    let name = "";
    let type = 0;
    const dims: number[] = [];
    const content: WireField[] = [];
    const dimension = (value: bigint) => {
      const size = BigInt.asIntN(64, value);
      if (size < 0n || size > BigInt(limits.dimension)) this.#exceeded(place, "a dimension outside 0 .. 2^31");
      if (dims.length >= limits.rank) this.#exceeded(place, `more than ${limits.rank} dimensions`);
      dims.push(Number(size));
    };
    this.#file.fields(range.start, range.end, (field) => {
      switch (field.number) {
        case 1:
          if (field.wire === 0) dimension(field.value);
          else this.#file.packedVarints(this.#expect(field, 2, place).start, field.end, dimension);
          break;
        case 2:
          type = this.#integer(field, place);
          break;
        case 4:
        case 5:
        case 7:
        case 9:
        case 10:
        case 11:
          content.push(field);
          if (content.length > 100_000) this.#exceeded(place, "values in too many pieces");
          break;
        case 8:
          name = this.#text(field, limits.innerNameBytes, place);
          break;
        case 12:
        case 16:
          this.#metadata(field, place);
          break;
        case 13:
          this.#forbidden(place, "external data are not admitted: the model must be one file");
        case 14:
          if (this.#integer(field, place) !== 0)
            this.#forbidden(place, "external data are not admitted: the model must be one file");
          break;
        case 6:
          this.#forbidden(place, "tensors of strings are not admitted");
        default:
          this.#unknown(place, field);
      }
    });
    const element = elementTypes[type];
    if (!element) this.#forbidden(place, `element type ${type} is not admitted`);
    let count = 1;
    for (const size of dims) count *= size;
    if (count > limits.fileBytes) this.#exceeded(place, "more elements than a file can hold");
    const { content: hash, small } = this.#content(content, element, count, place);
    return { name, dtype: element.name, dims, content: hash, small };
  }

  /** Checks that exactly `count` values are there; hashes them where they are integers or booleans. */
  #content(
    fields: readonly WireField[],
    element: { name: string; bytes: number; float: boolean },
    count: number,
    place: string,
  ): { content: string | null; small: Buffer | null } {
    const raw = fields.filter((field) => field.number === 9);
    if (raw.length > 1 || (raw.length === 1 && fields.length > 1)) this.#forbidden(place, "values are there twice");
    const hash = element.float ? null : createHash("sha256");
    const keep = !element.float && count * element.bytes <= 64;
    const kept: Buffer[] = [];
    const take = (piece: Buffer) => {
      hash?.update(piece);
      if (keep) kept.push(Buffer.from(piece));
    };
    let found = 0;
    const whole = raw[0];
    if (whole) {
      this.#expect(whole, 2, place);
      if (whole.end - whole.start !== count * element.bytes)
        this.#forbidden(place, `${whole.end - whole.start} bytes of values, the shape needs ${count * element.bytes}`);
      if (hash) this.#file.pieces(whole.start, whole.end, take);
      found = count;
    } else {
      const one = Buffer.alloc(8);
      const number = (value: bigint) => {
        found++;
        if (found > count) this.#forbidden(place, "more values than the shape has");
        if (hash) {
          one.writeBigUInt64LE(BigInt.asUintN(64, value));
          take(one.subarray(0, element.bytes));
        }
      };
      for (const field of fields) {
        if (field.number === 4 || field.number === 10) {
          if (!element.float) this.#forbidden(place, "values of another type");
          found += (field.end - field.start) / (field.number === 4 ? 4 : 8);
        } else if (field.wire === 0) number(field.value);
        else this.#file.packedVarints(this.#expect(field, 2, place).start, field.end, number);
      }
    }
    if (found !== count) this.#forbidden(place, `${found} values, the shape needs ${count}`);
    return { content: hash?.digest("hex") ?? null, small: keep ? Buffer.concat(kept) : null };
  }

  #value(range: WireField, place: string): OnnxValue {
    let name = "";
    let dtype = "";
    let shape: (number | string)[] | null = null;
    this.#file.fields(range.start, range.end, (field) => {
      if (field.number === 1) name = this.#text(field, limits.innerNameBytes, place);
      else if (field.number === 2) {
        ({ dtype, shape } = this.#type(this.#expect(field, 2, place), place));
      } else if (field.number === 3 || field.number === 4) this.#metadata(field, place);
      else this.#unknown(place, field);
    });
    return { name, dtype, shape };
  }

  #type(range: WireField, place: string): { dtype: string; shape: (number | string)[] | null } {
    let dtype = "";
    let shape: (number | string)[] | null = null;
    this.#file.fields(range.start, range.end, (field) => {
      if (field.number === 6) return this.#metadata(field, place);
      // 4 sequence, 5 map, 8 sparse tensor, 9 optional
      if (field.number !== 1) {
        dtype = "other";
        return this.#metadata(field, place);
      }
      this.#file.fields(this.#expect(field, 2, place).start, field.end, (inner) => {
        if (inner.number === 1) {
          const type = this.#integer(inner, place);
          dtype = elementTypes[type]?.name ?? "other";
        } else if (inner.number === 2) shape = this.#shape(this.#expect(inner, 2, place), place);
        else this.#unknown(place, inner);
      });
    });
    return { dtype, shape };
  }

  #shape(range: WireField, place: string): (number | string)[] {
    const shape: (number | string)[] = [];
    this.#file.fields(range.start, range.end, (field) => {
      if (field.number !== 1) this.#unknown(place, field);
      if (shape.length >= limits.rank) this.#exceeded(place, `more than ${limits.rank} dimensions`);
      let size: number | string = "?";
      this.#file.fields(this.#expect(field, 2, place).start, field.end, (inner) => {
        if (inner.number === 1) {
          const value = BigInt.asIntN(64, this.#expect(inner, 0, place).value);
          if (value < 0n || value > BigInt(limits.dimension)) this.#exceeded(place, "a dimension outside 0 .. 2^31");
          size = Number(value);
        } else if (inner.number === 2) size = this.#text(inner, limits.nameBytes, place);
        else if (inner.number === 3) this.#metadata(inner, place);
        else this.#unknown(place, inner);
      });
      shape.push(size);
    });
    return shape;
  }

  #function(range: WireField, place: string): OnnxFunction {
    let name = "";
    let domain = "";
    let overload = "";
    const inputs: string[] = [];
    const outputs: string[] = [];
    const nodes: OnnxNode[] = [];
    const opsets = new Map<string, number>();
    this.#file.fields(range.start, range.end, (field) => {
      switch (field.number) {
        case 1:
          name = this.#text(field, limits.nameBytes, place);
          break;
        case 4:
          if (inputs.length >= limits.perNode) this.#exceeded(place, "too many inputs");
          inputs.push(this.#text(field, limits.innerNameBytes, place));
          break;
        case 5:
          if (outputs.length >= limits.perNode) this.#exceeded(place, "too many outputs");
          outputs.push(this.#text(field, limits.innerNameBytes, place));
          break;
        case 7:
          nodes.push(this.#node(this.#expect(field, 2, place), `${place}/node[${nodes.length}]`, 0));
          break;
        case 9:
          this.#opset(field, opsets, place);
          break;
        case 10:
          domain = this.#text(field, limits.nameBytes, place);
          break;
        case 13:
          overload = this.#text(field, limits.nameBytes, place);
          break;
        case 6:
        case 8:
        case 11:
        case 12:
        case 14:
          this.#metadata(field, place);
          break;
        default:
          this.#unknown(place, field);
      }
    });
    return { name, domain: domain === "ai.onnx" ? "" : domain, overload, inputs, outputs, nodes, opsets };
  }
}

/** An attribute whose list is empty, or whose scalar has proto3's default value, carries only its type. */
function emptyAttribute(type: number | undefined): AttributeValue {
  if (type === 1 || type === 2) return { kind: "number", value: "0" };
  if (type === 3) return { kind: "text", value: "" };
  if (type === 8) return { kind: "texts", values: [] };
  return { kind: "numbers", values: [] };
}
