/**
 * Peak memory of a run at two numbers of cases: parent, and the largest child. Small photographs, the grading task, its registered model.
 * Usage: node bench/memory.mjs [few] [many]   (default 100 and 2000)
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { describeMachine } from "./machine.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "dist/src/cli/main.js");
const submission = join(root, "models/dr-grading/registered");
const counts = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 2000)];
const work = mkdtempSync(join(tmpdir(), "medassay-bench-"));

/** A bright disc with a spot whose place depends on the case: every picture has other bytes. */
async function picture(at) {
  const side = 256;
  const pixels = Buffer.alloc(side * side * 3);
  const [sx, sy] = [60 + (at % 120), 60 + (Math.floor(at / 120) % 120)];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const inside = Math.hypot(x - 128, y - 128) < 120;
      const spot = Math.hypot(x - sx, y - sy) < 6;
      pixels.set(inside ? (spot ? [90, 20, 10] : [190, 90, 40]) : [0, 0, 0], 3 * (x + side * y));
    }
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality: 80 })
    .toBuffer();
}

async function makeSet(folder, count) {
  mkdirSync(join(folder, "images"), { recursive: true });
  mkdirSync(join(folder, "truth"));
  const rows = ["case_id,patient_id,site_id,image"];
  const reference = [];
  for (let at = 0; at < count; at++) {
    const id = `c${String(at).padStart(6, "0")}`;
    writeFileSync(join(folder, "images", `${id}.jpg`), await picture(at));
    rows.push(`${id},p${Math.floor(at / 2)},s${at % 5},images/${id}.jpg`);
    reference.push(JSON.stringify({ case: id, labels: { icdr: at % 5 }, basis: { rule: "made" } }));
  }
  writeFileSync(join(folder, "cases.csv"), `${rows.join("\n")}\n`);
  writeFileSync(join(folder, "truth/reference.jsonl"), `${reference.join("\n")}\n`);
  writeFileSync(
    join(folder, "dataset.yaml"),
    `schema: medassay/dataset/1
id: bench-memory
version: "1"
title: { zh-CN: 内存, en: memory }
task: dr-grading
modality: OP
owner: bench
licence: none
provenance: synthetic
annotation: { design: imported }
`,
  );
}

/** Peak resident memory of a process, MB, by the kernel's own high-water mark, asked for while it lives. */
function watch(pid) {
  let peak = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      clearInterval(timer);
    }
  }, 50);
  return () => (clearInterval(timer), peak);
}

async function measure(count) {
  const folder = join(work, `set-${count}`);
  await makeSet(folder, count);
  const check = spawnSync(process.execPath, [cli, "check", folder, "--quiet"], { encoding: "utf8" });
  if (check.status !== 0) throw new Error(check.stderr);
  const out = join(work, `run-${count}`);
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [cli, "run", folder, submission, "--out", out, "--open-truth", "--quiet", "--jobs", "1"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const peak = watch(child.pid);
  const status = await new Promise((resolve) => child.on("exit", resolve));
  if (status !== 0) throw new Error(`run ended with ${status}`);
  const id = readdirSync(out, { withFileTypes: true }).find((entry) => entry.isDirectory()).name;
  const timings = readFileSync(join(out, id, "timings.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  const childPeak = timings.reduce((most, line) => Math.max(most, JSON.parse(line).peakMemoryMb), 0);
  const evaluation = spawn(process.execPath, [cli, "evaluate", out, "--dataset", folder, "--quiet"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const evaluationPeak = watch(evaluation.pid);
  await new Promise((resolve) => evaluation.on("exit", resolve));
  return {
    cases: count,
    seconds: (performance.now() - started) / 1000,
    parentMb: peak(),
    childMb: childPeak,
    evaluateMb: evaluationPeak(),
  };
}

try {
  const [few, many] = [await measure(counts[0]), await measure(counts[1])];
  const growth = (key) => many[key] / few[key] - 1;
  console.log(
    JSON.stringify(
      {
        machine: describeMachine(),
        few,
        many,
        growth: { parent: growth("parentMb"), child: growth("childMb"), evaluate: growth("evaluateMb") },
        goals: { growth: 0.1 },
      },
      null,
      1,
    ),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
