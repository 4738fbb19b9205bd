/** Static rules for a model that has been read: operators, domains, names, functions, what it may take in and give out. */
import { fail } from "../contract/errors.js";
import type { ModelFacts } from "../contract/run.js";
import { admittedDomains, onnxLimits as limits, randomOperators } from "./onnx-limits.js";
import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from "./onnx-model.js";

const ioName = /^[A-Za-z0-9_.:/-]{1,200}$/;

/** Refuses what must not run. @throws SUBMISSION_MODEL_FORBIDDEN, SUBMISSION_MODEL_LIMIT */
export function judgeModel(model: OnnxModel, file: string): void {
  const forbidden = (place: string, what: string): never =>
    fail("SUBMISSION_MODEL_FORBIDDEN", `${file}: ${place}: ${what}`, { file, pointer: place });
  const functions = new Map<string, OnnxFunction>();
  for (const [index, definition] of model.functions.entries()) {
    const key = functionKey(definition.domain, definition.name, definition.overload);
    if (functions.has(key)) forbidden(`functions[${index}]`, "a function is defined twice");
    functions.set(key, definition);
  }
  for (const [domain, version] of model.opsets) {
    const isLocal = model.functions.some((definition) => definition.domain === domain);
    if (!isLocal && !isAdmittedDomain(domain)) forbidden("opset_import", "a domain that is not admitted");
    if (domain === "" && version < 7) forbidden("opset_import", `operator set ${version} is older than 7`);
  }
  judgeNames(model.graph, forbidden);
  const judge = (nodes: readonly OnnxNode[], place: string, scope: Scope) => {
    for (const [index, node] of nodes.entries())
      judgeNode(node, `${place}/node[${index}]`, scope, functions, forbidden);
    for (const [index, node] of nodes.entries()) {
      for (const graph of graphsOf(node.attributes))
        judge(graph.nodes, `${place}/node[${index}]/g`, scopeOf(graph, scope));
    }
  };
  judge(model.graph.nodes, "graph", scopeOf(model.graph, null));
  for (const [index, definition] of model.functions.entries())
    judge(definition.nodes, `functions[${index}]`, { tensors: constantsOf(definition.nodes), outer: null });

  const expanded = expandedNodes(model, functions, forbidden);
  if (expanded > limits.nodes)
    fail(
      "SUBMISSION_MODEL_LIMIT",
      `${file}: ${expanded} nodes after expansion of functions, the limit is ${limits.nodes}`,
      {
        file,
      },
    );
}

interface Scope {
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  readonly outer: Scope | null;
}

function constantsOf(nodes: readonly OnnxNode[]): Map<string, OnnxTensor> {
  const tensors = new Map<string, OnnxTensor>();
  for (const node of nodes) {
    const value = node.op === "Constant" ? node.attributes[0]?.value : undefined;
    if (value?.kind === "tensor" && node.outputs[0] !== undefined) tensors.set(node.outputs[0], value.tensor);
  }
  return tensors;
}

function scopeOf(graph: OnnxGraph, outer: Scope | null): Scope {
  const tensors = constantsOf(graph.nodes);
  for (const tensor of graph.initializers) tensors.set(tensor.name, tensor);
  for (const input of graph.inputs) tensors.delete(input.name);
  return { tensors, outer };
}

function lookUp(name: string, scope: Scope | null): OnnxTensor | undefined {
  for (let at = scope; at; at = at.outer) {
    const tensor = at.tensors.get(name);
    if (tensor) return tensor;
  }
  return undefined;
}

function isAdmittedDomain(domain: string): boolean {
  return (admittedDomains as readonly string[]).includes(domain);
}

function functionKey(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain, name, overload]);
}

/** Graphs in a node's attributes: bodies of If, Loop, Scan. */
export function graphsOf(attributes: readonly OnnxAttribute[]): OnnxGraph[] {
  return attributes.flatMap(({ value }) =>
    value.kind === "graph" ? [value.graph] : value.kind === "graphs" ? [...value.graphs] : [],
  );
}

type Forbid = (place: string, what: string) => never;

function judgeNames(graph: OnnxGraph, forbidden: Forbid): void {
  const constants = new Set(graph.initializers.map((tensor) => tensor.name));
  for (const list of ["inputs", "outputs"] as const) {
    const seen = new Set<string>();
    for (const [index, value] of graph[list].entries()) {
      const place = `graph/${list}[${index}]`;
      if (seen.has(value.name)) forbidden(place, "a name is there twice");
      seen.add(value.name);
      if (list === "inputs" && constants.has(value.name)) continue;
      if (!ioName.test(value.name) || value.name === "__proto__")
        forbidden(place, "a name that is not 1 to 200 letters, digits or _.:/-");
      if (value.dtype === "other" || value.dtype === "") forbidden(place, "an element type that is not admitted");
      if (value.shape?.some((size) => size === 0)) forbidden(place, "a dimension of 0");
    }
  }
  if (graph.outputs.length === 0) forbidden("graph", "a model without outputs");
}

function judgeNode(
  node: OnnxNode,
  place: string,
  scope: Scope,
  functions: ReadonlyMap<string, OnnxFunction>,
  forbidden: Forbid,
): void {
  if (functions.has(functionKey(node.domain, node.op, node.overload))) return;
  if (!isAdmittedDomain(node.domain)) forbidden(place, "an operator of a domain that is not admitted");
  if (randomOperators.includes(node.op)) forbidden(place, `operator ${node.op} is random`);
  const training = node.op === "Dropout" ? (node.inputs[2] ?? "") : "";
  if (training !== "") {
    const flag = lookUp(training, scope)?.small;
    if (!flag || flag.some((byte) => byte !== 0)) forbidden(place, "Dropout in training mode is random");
  }
}

/** Nodes after expansion of functions, counted without expanding. */
function expandedNodes(model: OnnxModel, functions: ReadonlyMap<string, OnnxFunction>, forbidden: Forbid): number {
  const known = new Map<string, number>();
  const open = new Set<string>();
  const count = (nodes: readonly OnnxNode[]): number => {
    let total = 0;
    for (const node of nodes) {
      const key = functionKey(node.domain, node.op, node.overload);
      const definition = functions.get(key);
      if (definition) {
        let size = known.get(key);
        if (size === undefined) {
          if (open.has(key)) forbidden("functions", "a function calls itself");
          if (open.size >= 100) forbidden("functions", "functions nested more than 100 deep");
          open.add(key);
          size = count(definition.nodes);
          open.delete(key);
          known.set(key, size);
        }
        total += size;
      } else total += 1;
      for (const graph of graphsOf(node.attributes)) total += count(graph.nodes);
    }
    return Math.min(total, Number.MAX_SAFE_INTEGER);
  };
  for (const definition of model.functions) count(definition.nodes);
  return count(model.graph.nodes);
}

/** What the report says about the model file. */
export function factsOf(model: OnnxModel, file: { sha256: string; bytes: number }): ModelFacts {
  const operators = new Map<string, number>();
  let nodes = 0;
  let initializers = 0;
  const visit = (list: readonly OnnxNode[]) => {
    for (const node of list) {
      nodes++;
      const name = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
      operators.set(name, (operators.get(name) ?? 0) + 1);
      for (const graph of graphsOf(node.attributes)) {
        initializers += graph.initializers.length;
        visit(graph.nodes);
      }
    }
  };
  initializers += model.graph.initializers.length;
  visit(model.graph.nodes);
  for (const definition of model.functions) visit(definition.nodes);
  const sorted = <V>(map: ReadonlyMap<string, V>) =>
    Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  const value = ({ name, dtype, shape }: OnnxGraph["inputs"][number]) => ({
    name,
    dtype,
    shape: [...(shape ?? ["?"])],
  });
  return {
    bytes: file.bytes,
    sha256: file.sha256,
    irVersion: model.irVersion,
    opsets: sorted(
      new Map([...model.opsets].map(([domain, version]) => [domain === "" ? "ai.onnx" : domain, version])),
    ),
    producer: model.producer,
    nodes,
    initializers,
    operators: sorted(operators),
    inputs: realInputs(model).map(value),
    outputs: model.graph.outputs.map(value),
  };
}

/** Inputs that must be fed: those that no initialiser stands for. */
export function realInputs(model: OnnxModel): OnnxGraph["inputs"] {
  const constants = new Set(model.graph.initializers.map((tensor) => tensor.name));
  return model.graph.inputs.filter((input) => !constants.has(input.name));
}
