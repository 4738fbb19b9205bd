/**
 * Races medassay against its peers: CPU time of the task itself, one thread each, in interleaved rounds.
 * Usage: node bench/peers/run.mjs [race ...] [--rounds n] [--json file]   (after npm run build; `--list` names the races)
 * MEDASSAY_PYTHON and MEDASSAY_RSCRIPT name the interpreters (python3, Rscript), MEDASSAY_SHARED the folder with oracles/luna16.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "../machine.mjs";
import { races } from "./races.mjs";

const { RandomStream, streamOf } = await import("../../dist/src/stats/index.js");

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = new URL("../../dist/src/", import.meta.url).href;
const { values: options, positionals } = parseArgs({
  options: { rounds: { type: "string" }, json: { type: "string" }, list: { type: "boolean" } },
  allowPositionals: true,
});
const evaluationName = "evaluation";
const names = [...races.map(({ id }) => id), evaluationName];
if (options.list) {
  console.log(names.join("\n"));
  process.exit();
}
/** `auc` stands for all sizes, `auc-10000` for one. */
const isNamed = (id, name) => id === name || id.startsWith(`${name}-`);
const unknown = positionals.filter((name) => !names.some((id) => isNamed(id, name)));
if (unknown.length > 0) throw new Error(`no race ${unknown.join(", ")}; races: ${names.join(", ")}`);
const isChosen = (id) => positionals.length === 0 || positionals.some((name) => isNamed(id, name));

/** Least CPU time of one measurement, s: shorter tasks are run several times. */
const leastSeconds = 0.2;
/** A contestant that takes longer than this, s, runs fewer rounds. */
const slowSeconds = 1.5;
const rounds = { quick: Number(options.rounds ?? 7), slow: Math.min(3, Number(options.rounds ?? 3)) };

const oneThread = Object.fromEntries(
  ["OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB", "BLIS"].map((library) => [
    `${library}_${library === "VECLIB" ? "MAXIMUM_THREADS" : "NUM_THREADS"}`,
    "1",
  ]),
);
const commands = {
  medassay: (task, folder) => [process.execPath, [join(here, "ours.mjs"), task, folder, dist]],
  python: (task, folder) => [process.env.MEDASSAY_PYTHON ?? "python3", [join(here, "peers.py"), task, folder]],
  R: (task, folder) => [process.env.MEDASSAY_RSCRIPT ?? "Rscript", [join(here, "peers.R"), task, folder]],
};

/** A process that has read its inputs and has run its task once; `go` times it. */
class Contestant {
  #lines;
  #child;
  #said = "";

  static async start(name, language, task, folder) {
    const contestant = new Contestant();
    contestant.name = name;
    const [command, args] = commands[language](task, folder);
    const child = spawn(command, args, {
      env: { ...process.env, ...oneThread, PYTHONDONTWRITEBYTECODE: "1", TZ: "UTC" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    contestant.#child = child;
    child.stderr.on("data", (data) => (contestant.#said = (contestant.#said + data).slice(-2000)));
    child.stdin.on("error", () => {});
    const failed = new Promise((resolve) =>
      child.once("error", (error) => resolve({ missing: `not here: ${error.message}` })),
    );
    contestant.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await Promise.race([contestant.#read(), failed]);
    return Object.assign(contestant, first);
  }

  async #read() {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) return { missing: `not here: it stopped (${this.#said.trim().split("\n").at(-1)})` };
      // Libraries greet on the same stream.
      if (value.startsWith("{")) return JSON.parse(value);
    }
  }

  /** CPU seconds of one whole task, from `count` runs. */
  async go(count) {
    this.#child.stdin.write(`go ${count}\n`);
    const { seconds, missing, peakMb } = await this.#read();
    if (missing) throw new Error(`${this.name}: ${missing}`);
    this.peakMb = peakMb;
    return { spent: seconds, whole: seconds / count / this.share };
  }

  /** How many runs make a measurement; warms up what compiles while it runs. */
  async calibrate() {
    const { spent } = this.first > slowSeconds ? { spent: this.first } : await this.go(1);
    this.count = Math.min(5000, Math.max(1, Math.ceil(leastSeconds / Math.max(spent, 1e-4))));
    this.isSlow = spent > slowSeconds;
    if (this.count > 1) await this.go(this.count);
  }

  stop() {
    this.#child.stdin.end();
    this.#child.kill();
  }
}

/** How far two answers may lie apart: relative; draws of other random streams agree roughly. */
const tolerances = { se: 0.15, low: 0.02, high: 0.02, rough: 0.5 };

function disagreements(ours, theirs, least = 1e-9) {
  return Object.entries(theirs).flatMap(([name, value]) => {
    const isRough = name.startsWith("rough ");
    const own = ours[isRough ? name.slice(6) : name];
    const tolerance = isRough ? tolerances.rough : (tolerances[name] ?? least);
    return Math.abs(value - own) <= tolerance * Math.abs(own) ? [] : [`${name}: ${own} and ${value}`];
  });
}

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const spread = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values) });

async function run(race, work) {
  const folder = join(work, race.id);
  mkdirSync(folder);
  const missing = race.inputs(folder, new RandomStream(20260101n, streamOf(race.id)), process.env.MEDASSAY_SHARED);
  if (missing) return { race: race.id, title: race.title, missing };
  const ours = await Contestant.start("medassay", "medassay", race.task, folder);
  if (ours.missing) return { race: race.id, title: race.title, missing: `medassay: ${ours.missing}` };
  await ours.calibrate();
  const own = [];
  const results = [];
  for (const { name, language, task, goal, tolerance } of race.peers) {
    const peer = await Contestant.start(name, language, task, folder);
    if (peer.missing) {
      results.push({ name, missing: peer.missing });
      peer.stop();
      continue;
    }
    const apart = disagreements(ours.answer, peer.answer, tolerance);
    if (apart.length > 0) {
      results.push({
        name,
        version: peer.version,
        missing: `it answers otherwise (ours, theirs): ${apart.join("; ")}`,
      });
      peer.stop();
      continue;
    }
    await peer.calibrate();
    const seconds = [];
    const ratios = [];
    for (let round = 0; round < (peer.isSlow ? rounds.slow : rounds.quick); round++) {
      const [mine, theirs] = [await ours.go(ours.count), await peer.go(peer.count)];
      own.push(mine.whole);
      seconds.push(theirs.whole);
      ratios.push(theirs.whole / mine.whole);
    }
    peer.stop();
    results.push({
      name,
      version: peer.version,
      ...(peer.share < 1 ? { share: peer.share } : {}),
      compared: Object.keys(peer.answer),
      seconds: spread(seconds),
      ratio: spread(ratios),
      ...(goal === undefined ? {} : { goal, met: median(ratios) >= goal }),
    });
  }
  ours.stop();
  const seconds = own.length > 0 ? spread(own) : null;
  return {
    race: race.id,
    title: race.title,
    seconds,
    peakMb: ours.peakMb,
    ...(race.seconds && seconds ? { goalSeconds: race.seconds, met: seconds.median < race.seconds } : {}),
    peers: results,
  };
}

/** The whole stratified evaluation has no peer: it is measured alone, each time in a new process. */
function runEvaluation() {
  const runs = Array.from({ length: 3 }, () => {
    const child = spawnSync(process.execPath, [join(here, "../evaluation.mjs")], { encoding: "utf8" });
    if (child.status !== 0) throw new Error(`evaluation: ${child.stderr}`);
    return JSON.parse(child.stdout);
  });
  const { cases, marks, strata, rows, metrics, replicates, goals } = runs[0];
  const seconds = spread(runs.map(({ wallSeconds }) => wallSeconds));
  const peakMb = spread(runs.map(({ peakResidentMb }) => peakResidentMb));
  return {
    race: evaluationName,
    title: `evaluation of ${cases} cases, ${marks} marks, ${strata} strata, ${metrics} metrics, ${replicates} replicates: ${rows} rows (wall time)`,
    seconds,
    cpuSeconds: spread(runs.map(({ cpuSeconds }) => cpuSeconds)),
    peakMb: peakMb.max,
    goalSeconds: goals.seconds,
    goalMb: goals.residentMb,
    met: seconds.median < goals.seconds && peakMb.max < goals.residentMb,
    peers: [],
  };
}

const digits = (value) => Number(value.toPrecision(3)).toString();
const time = (seconds) => (seconds < 0.1 ? `${digits(1000 * seconds)} ms` : `${digits(seconds)} s`);
const verdict = (met) => (met === undefined ? "" : met ? "met" : "missed");
const row = (cells) => `| ${cells.join(" | ")} |`;

function table(results) {
  const lines = [row(["race", "medassay", "peer", "its time", "ratio (least to most)", "goal", ""])];
  lines.push(row(Array.from({ length: 7 }, () => "---")));
  for (const { race, title, missing, seconds, peakMb, goalSeconds, goalMb, met, peers = [] } of results) {
    if (missing) {
      lines.push(row([title, "-", missing, "", "", "", "not run"]));
      continue;
    }
    const own = seconds ? time(seconds.median) : "-";
    if (goalSeconds) {
      const goal = `< ${time(goalSeconds)}${goalMb ? `, < ${goalMb} MB` : ""}`;
      const memory = race === evaluationName ? `, ${Math.round(peakMb)} MB` : "";
      lines.push(row([title, own + memory, "alone", "", "", goal, verdict(met)]));
    }
    for (const peer of peers) {
      if (peer.missing) lines.push(row([title, own, peer.name, peer.missing, "", "", "not run"]));
      else {
        const { median, min, max } = peer.ratio;
        const scaled = peer.share ? ` (from ${digits(100 * peer.share)} % of the work)` : "";
        const name = `${peer.name} (${peer.version})`;
        const ratio = `${digits(median)} (${digits(min)} to ${digits(max)})`;
        const goal = peer.goal ? `>= ${peer.goal}` : "";
        lines.push(row([title, own, name, time(peer.seconds.median) + scaled, ratio, goal, verdict(peer.met)]));
      }
    }
  }
  return lines.join("\n");
}

const work = mkdtempSync(join(tmpdir(), "medassay-races-"));
const results = [];
try {
  for (const race of races.filter(({ id }) => isChosen(id))) {
    process.stderr.write(`${race.id} ...\n`);
    results.push(await run(race, work));
  }
  if (isChosen(evaluationName)) {
    process.stderr.write(`${evaluationName} ...\n`);
    results.push(runEvaluation());
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
const document = { machine: describeMachine(), results };
if (options.json) writeFileSync(options.json, `${JSON.stringify(document, null, 1)}\n`);
console.log(`${table(results)}\n\n${JSON.stringify(document.machine)}`);
