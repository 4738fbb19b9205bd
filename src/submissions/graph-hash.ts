/**
 * Hash of a model's graph without its weights: equal for a retrained model, different for a changed structure.
 * Nodes stand in an order that depends on structure alone; names of intermediate values are renumbered; doc strings,
 * producer and metadata are left out; floating-point tensors count by type and dimensions, others by content too.
 */
import { hashDocument } from "../storage/canonical-json.js";
import { graphsOf } from "./onnx-rules.js";
import type { AttributeValue, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./onnx-model.js";

/** SHA-256 of the canonical description of the graph. */
export function graphHash(model: OnnxModel): string {
  const opsetOf = (domain: string) => model.opsets.get(domain) ?? null;
  const functions = model.functions
    .map((definition) => ({
      domain: definition.domain,
      name: definition.name,
      overload: definition.overload,
      opsets: [...definition.opsets].sort(([a], [b]) => (a < b ? -1 : 1)),
      body: describeGraph(
        {
          nodes: definition.nodes,
          initializers: [],
          inputs: definition.inputs.map(untyped),
          outputs: definition.outputs.map(untyped),
        },
        (domain) => definition.opsets.get(domain) ?? null,
        new Map(),
      ),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return hashDocument({ graph: describeGraph(model.graph, opsetOf, new Map()), functions });
}

const untyped = (name: string): OnnxValue => ({ name, dtype: "", shape: null });

type OpsetOf = (domain: string) => number | null;

const describeTensor = (tensor: OnnxTensor) => ({ dtype: tensor.dtype, dims: tensor.dims, content: tensor.content });

/** Floating-point constants in attributes of `Constant` count by type and number, as initialisers do. */
function describeAttribute(
  node: OnnxNode,
  name: string,
  value: AttributeValue,
  opsetOf: OpsetOf,
  outer: ReadonlyMap<string, string>,
): unknown {
  switch (value.kind) {
    case "tensor":
      return describeTensor(value.tensor);
    case "tensors":
      return value.tensors.map(describeTensor);
    case "graph":
      return describeGraph(value.graph, opsetOf, outer);
    case "graphs":
      return value.graphs.map((graph) => describeGraph(graph, opsetOf, outer));
    case "number":
      return node.op === "Constant" && name === "value_float" ? { dtype: "float32", dims: [] } : value;
    case "numbers":
      return node.op === "Constant" && name === "value_floats"
        ? { dtype: "float32", dims: [value.values.length] }
        : value;
    default:
      return value;
  }
}

/** Canonical description; `outer` names values of enclosing graphs. */
function describeGraph(graph: OnnxGraph, opsetOf: OpsetOf, outer: ReadonlyMap<string, string>): unknown {
  const initializers = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const inputs = graph.inputs.filter((input) => !initializers.has(input.name));
  const producer = new Map<string, { node: number; output: number }>();
  for (const [node, { outputs }] of graph.nodes.entries())
    for (const [output, name] of outputs.entries()) if (name !== "") producer.set(name, { node, output });

  // Values that are known before any node runs. Inputs of inner graphs count by position, those of the model by name.
  const isTop = outer.size === 0;
  const known = new Map(outer);
  for (const [index, input] of inputs.entries()) known.set(input.name, `input:${index}`);
  const tensorKeys = new Map<string, string>();
  for (const tensor of graph.initializers)
    tensorKeys.set(tensor.name, `tensor:${hashDocument(describeTensor(tensor))}`);

  const order = structuralOrder(
    graph.nodes,
    producer,
    (name) => tensorKeys.get(name) ?? known.get(name) ?? "free",
    (node) =>
      hashDocument([
        node.domain,
        node.op,
        node.overload,
        opsetOf(node.domain),
        node.outputs.map((name) => name !== ""),
        describeAttributes(node, opsetOf, new Map([["", ""]])),
      ]),
  );

  const names = new Map(known);
  let counter = 0;
  const tensors: unknown[] = [];
  const nameOf = (name: string): string | null => {
    if (name === "") return null;
    let given = names.get(name);
    if (given === undefined) {
      given = `v${counter++}`;
      names.set(name, given);
      const tensor = initializers.get(name);
      if (tensor) tensors.push([given, describeTensor(tensor)]);
    }
    return given;
  };
  const nodes = order.map((index) => {
    const node = graph.nodes[index] as OnnxNode;
    const taken = node.inputs.map(nameOf);
    const attributes = describeAttributes(node, opsetOf, names);
    return [node.domain, node.op, node.overload, opsetOf(node.domain), taken, node.outputs.map(nameOf), attributes];
  });
  const outputs = graph.outputs.map((output) => [
    isTop ? output.name : null,
    output.dtype,
    output.shape,
    nameOf(output.name),
  ]);
  const unused = graph.initializers
    .filter((tensor) => !names.has(tensor.name))
    .map((tensor) => tensorKeys.get(tensor.name))
    .sort();
  return {
    inputs: inputs.map((input) => [isTop ? input.name : null, input.dtype, input.shape]),
    nodes,
    outputs,
    tensors,
    unused,
  };
}

function describeAttributes(node: OnnxNode, opsetOf: OpsetOf, names: ReadonlyMap<string, string>): unknown {
  // A body sees all names of its surroundings; an empty map would make it a top graph.
  const scope = new Map([...names, ["", ""]]);
  return [...node.attributes]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, value }) => [name, describeAttribute(node, name, value, opsetOf, scope)]);
}

/**
 * Indices of nodes in topological order; among nodes that are ready, by the hash of all that leads to them, then file order.
 * Nodes on a cycle (which ONNX Runtime refuses) come last in file order.
 */
function structuralOrder(
  nodes: readonly OnnxNode[],
  producer: ReadonlyMap<string, { node: number; output: number }>,
  keyOf: (name: string) => string,
  ownHash: (node: OnnxNode) => string,
): number[] {
  const consumers: number[][] = nodes.map(() => []);
  const waiting = nodes.map((node, index) => {
    const sources = new Set<number>();
    for (const name of namesTaken(node)) {
      const source = producer.get(name);
      if (source && source.node !== index) sources.add(source.node);
    }
    for (const source of sources) (consumers[source] as number[]).push(index);
    return sources.size;
  });
  const hashes = new Array<string>(nodes.length).fill("");
  const order: number[] = [];
  let level = nodes.map((_, index) => index).filter((index) => waiting[index] === 0);
  while (level.length > 0) {
    for (const index of level) {
      const node = nodes[index] as OnnxNode;
      const inputs = node.inputs.map((name) => {
        const source = producer.get(name);
        return source ? [hashes[source.node], source.output] : keyOf(name);
      });
      hashes[index] = hashDocument([ownHash(node), inputs]);
    }
    level.sort((a, b) => {
      const left = hashes[a] as string;
      const right = hashes[b] as string;
      return left < right ? -1 : left > right ? 1 : a - b;
    });
    order.push(...level);
    const next: number[] = [];
    for (const index of level)
      for (const consumer of consumers[index] as number[])
        if (--(waiting[consumer] as number) === 0) next.push(consumer);
    level = next;
  }
  if (order.length < nodes.length) {
    const done = new Set(order);
    for (const index of nodes.keys()) if (!done.has(index)) order.push(index);
  }
  return order;
}

/** Names that a node reads, those that its bodies take from outside included. */
function namesTaken(node: OnnxNode): string[] {
  const names = [...node.inputs];
  for (const graph of graphsOf(node.attributes)) {
    const own = new Set([
      ...graph.inputs.map((input) => input.name),
      ...graph.initializers.map((tensor) => tensor.name),
      ...graph.nodes.flatMap((inner) => inner.outputs),
    ]);
    for (const inner of graph.nodes) for (const name of namesTaken(inner)) if (!own.has(name)) names.push(name);
    for (const output of graph.outputs) if (!own.has(output.name)) names.push(output.name);
  }
  return names;
}
