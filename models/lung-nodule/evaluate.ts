/**
 * Measures a detector on phantom tensors it has not seen, with the postprocessing of submission.yaml: FROC points, by size,
 * type, thickness, and a threshold for a wanted number of false positives. Also a baseline without learning (`baseline`).
 * How to run it: README.md in this folder.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Finding } from "../../src/contract/finding.js";
import { decodeCentreHeatmap } from "../../src/inference/operations/decode-centre-heatmap.js";
import type { Grid } from "../../src/inference/operations/operation.js";
import { thresholdBaseline } from "./threshold-baseline.js";

interface Facts {
  readonly shape: readonly [number, number, number];
  readonly origin: readonly [number, number, number];
  readonly thickness: number;
  readonly kernel: string;
  readonly nodules: readonly {
    readonly center: readonly [number, number, number];
    readonly diameter: number;
    readonly type: string;
  }[];
}

interface Hit {
  readonly case: number;
  readonly diameter: number;
  readonly type: string;
  readonly thickness: number;
  /** Score of the best candidate on it, 0 when there is none. */
  readonly score: number;
}

function read(folder: string): { facts: Facts; grid: Grid }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const facts = JSON.parse(readFileSync(join(folder, name), "utf8")) as Facts;
      const data = Float32Array.from(readFileSync(join(folder, name.replace(".json", ".u8"))));
      const axes: Grid["axes"] = [
        [2, 0, 0],
        [0, 2, 0],
        [0, 0, 2],
      ];
      return { facts, grid: { kind: "grid", data, shape: facts.shape, origin: facts.origin, axes } };
    });
}

async function detect(session: InferenceSession, grid: Grid): Promise<readonly Finding[]> {
  const [nx, ny, nz] = grid.shape;
  const result = await session.run({ volume: new Tensor("float32", grid.data, [1, 1, nz, ny, nx]) });
  const map = result["map"] as Tensor;
  const answer = {
    outputs: { map: { dtype: "float32" as const, dims: map.dims, data: map.data as Float32Array } },
    findings: [],
    scores: {},
    labels: {},
  };
  return decodeCentreHeatmap.apply(answer, decodeCentreHeatmap.parameters.parse({ output: "map", stride: 2 }), grid)
    .findings;
}

const [model, ...folders] = process.argv.slice(2);
if (model === undefined || folders.length === 0) {
  process.stderr.write("evaluate MODEL.onnx|baseline FOLDER...\n");
  process.exit(2);
}
const session =
  model === "baseline"
    ? undefined
    : await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
const hits: Hit[] = [];
const falses: number[] = [];
let cases = 0;
for (const folder of folders) {
  for (const { facts, grid } of read(folder)) {
    const findings = session ? await detect(session, grid) : thresholdBaseline(grid);
    const used = new Set<string>();
    for (const nodule of facts.nodules) {
      // A hit lies within max(R, 2 mm) + 1 mm of the centre; each candidate serves one nodule, the strongest first.
      const limit = Math.max(nodule.diameter / 2, 2) + 1;
      let score = 0;
      for (const finding of findings) {
        if (finding.geometry.type !== "sphere") continue;
        const d = Math.sqrt(
          nodule.center.reduce((sum, c, axis) => {
            const e = c - ((finding.geometry as { center: number[] }).center[axis] as number);
            return sum + e * e;
          }, 0),
        );
        if (d > limit) continue;
        used.add(finding.id);
        score = Math.max(score, finding.score ?? 0);
      }
      hits.push({ case: cases, ...nodule, thickness: facts.thickness, score });
    }
    for (const finding of findings) if (!used.has(finding.id)) falses.push(finding.score ?? 0);
    cases++;
  }
}
falses.sort((a, b) => b - a);

/** Least threshold with at most `rate` false positives a case. */
function thresholdFor(rate: number): number {
  const allowed = Math.floor(rate * cases);
  return allowed >= falses.length ? 0 : (falses[allowed] as number) + 1e-6;
}
const share = (of: readonly Hit[], threshold: number): string => {
  const found = of.filter((h) => h.score > 0 && h.score >= threshold).length;
  return of.length === 0 ? "-" : `${(found / of.length).toFixed(2)} (${found}/${of.length})`;
};
const print = (line: string): void => void process.stdout.write(`${line}\n`);
print(`${model}: ${cases} cases, ${hits.length} nodules, ${falses.length} false candidates`);
for (const rate of [0.5, 1, 2, 4])
  print(`${rate} FP/case: ${share(hits, thresholdFor(rate))} at ${thresholdFor(rate).toFixed(4)}`);
const declared = process.env["THRESHOLD"] === undefined ? thresholdFor(1) : Number(process.env["THRESHOLD"]);
const above = falses.filter((s) => s >= declared).length;
print(`at ${declared.toFixed(4)}: ${share(hits, declared)}, ${(above / cases).toFixed(2)} FP/case`);
for (const [name, low, high] of [
  ["< 4 mm", 0, 4],
  ["4-6 mm", 4, 6],
  ["6-10 mm", 6, 10],
  [">= 10 mm", 10, 99],
  [">= 6 mm", 6, 99],
] as const) {
  print(
    `  ${name}: ${share(
      hits.filter((h) => h.diameter >= low && h.diameter < high),
      declared,
    )}`,
  );
}
for (const type of ["solid", "part-solid", "ground-glass", "calcified"]) {
  print(
    `  ${type}: ${share(
      hits.filter((h) => h.type === type),
      declared,
    )}`,
  );
}
for (const thickness of [0.625, 1, 1.25, 2, 5]) {
  print(
    `  ${thickness} mm: ${share(
      hits.filter((h) => h.thickness === thickness),
      declared,
    )}`,
  );
}
