/**
 * Cases per second end to end (index to metrics) of the nodule test: medassay's run + evaluate, and the same job in plain Python.
 * Usage: node bench/end-to-end.mjs <test set with open truth, adjudicated and checked> [cases] [jobs]
 * The set is copied (hard links) with its first cases. MEDASSAY_PYTHON: interpreter, default python3.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { availableParallelism } from "node:os";
import { describeMachine } from "./machine.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [source, count, jobsText] = process.argv.slice(2);
if (!source) {
  console.error("usage: node bench/end-to-end.mjs <test set with open truth> [cases] [jobs]");
  process.exit(2);
}
const jobs = Number(jobsText ?? availableParallelism());
const cli = join(root, "dist/src/cli/main.js");
const submission = join(root, "models/lung-nodule/registered");
const python = process.env.MEDASSAY_PYTHON ?? "python3";
const work = mkdtempSync(join(tmpdir(), "medassay-bench-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

/** The first cases of the set, in a folder of their own. */
function subset() {
  const set = join(work, "set");
  const index = JSON.parse(readFileSync(join(source, "index.json"), "utf8"));
  const step = Math.max(1, Math.floor(index.cases.length / Number(count ?? index.cases.length)));
  const cases = index.cases.filter((_, at) => at % step === 0).slice(0, Number(count ?? Infinity));
  const kept = new Set(cases.map(({ id }) => id));
  for (const { files } of cases) {
    for (const { path } of files) {
      mkdirSync(dirname(join(set, path)), { recursive: true });
      linkSync(join(source, path), join(set, path));
    }
  }
  mkdirSync(join(set, "truth"));
  for (const name of ["dataset.yaml", "protocol.yaml"]) {
    if (existsSync(join(source, name))) writeFileSync(join(set, name), readFileSync(join(source, name)));
  }
  const [head, ...rows] = readFileSync(join(source, "cases.csv"), "utf8").trimEnd().split("\n");
  writeFileSync(join(set, "cases.csv"), `${[head, ...rows.filter((row) => kept.has(row.split(",")[0]))].join("\n")}\n`);
  for (const name of ["readings.jsonl", "reference.jsonl"]) {
    const lines = readFileSync(join(source, "truth", name), "utf8")
      .trimEnd()
      .split("\n");
    const own = lines.filter((line) => kept.has(JSON.parse(line).case));
    writeFileSync(join(set, "truth", name), `${own.join("\n")}\n`);
  }
  execFileSync(process.execPath, [cli, "check", set, "--quiet"], { stdio: ["ignore", "ignore", "inherit"] });
  return { set, cases, slices: cases.reduce((sum, { files }) => sum + files.length, 0) };
}

/** Output, wall seconds and CPU seconds (own and of children, by the shell's `times`) of a command. Verdicts (1, 6) are no failure. */
function measured(command, args) {
  const errors = join(work, "stderr");
  const started = performance.now();
  const { status, stdout } = spawnSync(
    "bash",
    ["-c", `{ "$@"; status=$?; times >&2; exit $status; } 2>"${errors}"`, "bash", command, ...args],
    { encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  const wallSeconds = (performance.now() - started) / 1000;
  const said = readFileSync(errors, "utf8").trim();
  if (![0, 1, 6].includes(status)) throw new Error(`${command} ended with ${status}:\n${said}`);
  const seconds = [
    ...said
      .split("\n")
      .at(-1)
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  const cpuSeconds = seconds.reduce((sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest), 0);
  return { stdout, wallSeconds, cpuSeconds };
}

const { set, cases, slices } = subset();
const out = join(work, "run");
const ours = [
  measured(process.execPath, [
    cli,
    "run",
    set,
    submission,
    "--out",
    out,
    "--open-truth",
    "--quiet",
    "--jobs",
    `${jobs}`,
  ]),
  measured(process.execPath, [cli, "evaluate", out, "--dataset", set, "--quiet"]),
];
const [name] = [JSON.parse(readFileSync(join(out, "run.json"), "utf8")).submissions[0].id];
const lines = (file) =>
  readFileSync(join(out, name, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const timings = lines("timings.jsonl");
const total = (key) => timings.reduce((sum, row) => sum + row[key], 0) / 1000;
const theirs = measured(python, [
  join(root, "bench/python-baseline/evaluate_detector.py"),
  set,
  submission,
  join(work, "python"),
]);
const baseline = JSON.parse(theirs.stdout);

/** Both must have done the same job: candidates by case, and metrics. */
function agreement() {
  const byCase = new Map(lines("predictions.jsonl").map((row) => [row.case, row.findings]));
  let pairs = 0;
  let unpaired = 0;
  let largest = 0;
  for (const { case: id, findings } of JSON.parse(readFileSync(join(work, "python/predictions.json"), "utf8"))) {
    const own = byCase.get(id) ?? [];
    unpaired += Math.abs(own.length - findings.length);
    for (const [x, y, z, , score] of findings) {
      const near = own.find(
        ({ geometry: { center } }) => Math.hypot(center[0] - x, center[1] - y, center[2] - z) < 0.5,
      );
      if (!near) unpaired++;
      else {
        pairs++;
        largest = Math.max(largest, Math.abs(near.score - score));
      }
    }
  }
  const result = JSON.parse(readFileSync(join(out, name, "result.json"), "utf8"));
  const metrics = Object.entries(baseline.metrics).map(([metric, [estimate]]) => {
    const row = result.metrics.find((one) => one.metric === metric && Object.keys(one.stratum).length === 0);
    return [metric, row?.estimate ?? null, estimate];
  });
  return { candidatesPaired: pairs, candidatesUnpaired: unpaired, largestScoreDifference: largest, metrics };
}

const wall = ours[0].wallSeconds + ours[1].wallSeconds;
// Isolated processes are not children that the shell waits for: their CPU time is that of timings.jsonl, without their start.
const cpu = ours[0].cpuSeconds + ours[1].cpuSeconds + total("cpuMs");
console.log(
  JSON.stringify(
    {
      machine: describeMachine(),
      set: resolve(source),
      cases: cases.length,
      slices,
      jobs,
      medassay: {
        wallSeconds: wall,
        cpuSeconds: cpu,
        runSeconds: ours[0].wallSeconds,
        evaluateSeconds: ours[1].wallSeconds,
        casesPerSecond: cases.length / wall,
        inOnnxRuntimeSeconds: total("inferMs"),
        shareOfRunInOnnxRuntime: total("inferMs") / (jobs * ours[0].wallSeconds),
        readSeconds: total("readMs"),
        preprocessSeconds: total("preprocessMs"),
        postprocessSeconds: total("postprocessMs"),
      },
      python: {
        wallSeconds: theirs.wallSeconds,
        cpuSeconds: theirs.cpuSeconds,
        casesPerSecond: cases.length / theirs.wallSeconds,
        parts: baseline.parts,
      },
      wallRatio: theirs.wallSeconds / wall,
      cpuRatio: theirs.cpuSeconds / cpu,
      goals: { wallRatio: 2 },
      agreement: agreement(),
    },
    null,
    1,
  ),
);
