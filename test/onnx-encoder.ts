/** Writes ONNX files for tests, valid and hostile, with a small encoder of protobuf's wire format. */

/** A message as its encoded fields, in order. */
export type Message = Buffer;

function varint(value: bigint | number): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export const int = (field: number, value: bigint | number): Buffer =>
  Buffer.concat([varint((field << 3) | 0), varint(value)]);
export const bytes = (field: number, content: Buffer | string): Buffer => {
  const body = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
};
export const float = (field: number, value: number): Buffer => {
  const body = Buffer.alloc(4);
  body.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), body]);
};
export const message = (...fields: Buffer[]): Message => Buffer.concat(fields);

export const dtypes = { float32: 1, int32: 6, int64: 7, string: 8, bool: 9 } as const;
type Dtype = keyof typeof dtypes;

/** A tensor with raw values. */
export function tensor(name: string, dtype: Dtype, dims: readonly number[], values: readonly number[]): Message {
  const raw =
    dtype === "float32"
      ? Buffer.from(Float32Array.from(values).buffer)
      : dtype === "int64"
        ? Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer)
        : dtype === "int32"
          ? Buffer.from(Int32Array.from(values).buffer)
          : Buffer.from(Uint8Array.from(values).buffer);
  return message(...dims.map((size) => int(1, size)), int(2, dtypes[dtype]), bytes(8, name), bytes(9, raw));
}

export const intAttribute = (name: string, value: number): Message =>
  message(bytes(1, name), int(3, value), int(20, 2));
export const intsAttribute = (name: string, values: readonly number[]): Message =>
  message(bytes(1, name), ...values.map((value) => int(8, value)), int(20, 7));
export const floatAttribute = (name: string, value: number): Message =>
  message(bytes(1, name), float(2, value), int(20, 1));
export const tensorAttribute = (name: string, value: Message): Message =>
  message(bytes(1, name), bytes(5, value), int(20, 4));
export const graphAttribute = (name: string, value: Message): Message =>
  message(bytes(1, name), bytes(6, value), int(20, 5));

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Message[] = [],
  extra: { name?: string; domain?: string } = {},
): Message {
  return message(
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    ...(extra.name === undefined ? [] : [bytes(3, extra.name)]),
    bytes(4, op),
    ...attributes.map((attribute) => bytes(5, attribute)),
    ...(extra.domain === undefined ? [] : [bytes(7, extra.domain)]),
  );
}

/** An input or output with its type; a dimension is a number, a symbol, or null where nothing is said. */
export function value(name: string, dtype: Dtype, shape: readonly (number | string | null)[] | null): Message {
  const dimensions = (shape ?? []).map((size) =>
    bytes(1, typeof size === "number" ? int(1, size) : size === null ? Buffer.alloc(0) : bytes(2, size)),
  );
  const type = message(int(1, dtypes[dtype]), ...(shape === null ? [] : [bytes(2, message(...dimensions))]));
  return message(bytes(1, name), bytes(2, bytes(1, type)));
}

export interface GraphParts {
  nodes: readonly Message[];
  inputs?: readonly Message[];
  outputs?: readonly Message[];
  initializers?: readonly Message[];
  extra?: readonly Buffer[];
  name?: string;
}

export function graph({
  nodes,
  inputs = [],
  outputs = [],
  initializers = [],
  extra = [],
  name = "g",
}: GraphParts): Message {
  return message(
    ...nodes.map((item) => bytes(1, item)),
    bytes(2, name),
    ...initializers.map((item) => bytes(5, item)),
    ...inputs.map((item) => bytes(11, item)),
    ...outputs.map((item) => bytes(12, item)),
    ...extra,
  );
}

export interface ModelParts {
  opset?: number;
  irVersion?: number;
  domains?: readonly { domain: string; version: number }[];
  functions?: readonly Message[];
  producer?: string;
  extra?: readonly Buffer[];
}

export function model(content: Message, parts: ModelParts = {}): Buffer {
  const { opset = 17, irVersion = 8, domains = [], functions = [], producer = "medassay-tests", extra = [] } = parts;
  return message(
    int(1, irVersion),
    bytes(2, producer),
    bytes(7, content),
    bytes(8, message(bytes(1, ""), int(2, opset))),
    ...domains.map(({ domain, version }) => bytes(8, message(bytes(1, domain), int(2, version)))),
    ...functions.map((item) => bytes(25, item)),
    ...extra,
  );
}

export function localFunction(
  domain: string,
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  nodes: readonly Message[],
  opsets: readonly { domain: string; version: number }[] = [{ domain: "", version: 17 }],
): Message {
  return message(
    bytes(1, name),
    ...inputs.map((item) => bytes(4, item)),
    ...outputs.map((item) => bytes(5, item)),
    ...nodes.map((item) => bytes(7, item)),
    ...opsets.map((item) => bytes(9, message(bytes(1, item.domain), int(2, item.version)))),
    bytes(10, domain),
  );
}
