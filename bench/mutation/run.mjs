/**
 * Mutation testing, a few files at a time (only these are instrumented then, which is what keeps the tests quick), with one
 * summary at the end: score by room, and every survivor. Usage:
 *   node bench/mutation/run.mjs [--draw SEED:SHARE] [--out FOLDER] [part of a path ...]
 * Reports that are already in the folder are kept: a run that was stopped goes on.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { notDrawn } from "./draw.mjs";
import { rooms, specialFunctions } from "./rooms.mjs";

const { values: options, positionals: parts } = parseArgs({
  options: { draw: { type: "string" }, out: { type: "string", default: "bench/mutation/reports" } },
  allowPositionals: true,
});
const stryker = fileURLToPath(new URL("../../bin/stryker.js", import.meta.resolve("@stryker-mutator/core")));
/** Source of one run, bytes. */
const most = 90_000;

function files() {
  const all = rooms.flatMap((room) =>
    readdirSync(room, { recursive: true })
      .map((name) => `${room}/${name.split("\\").join("/")}`)
      .filter((name) => name.endsWith(".ts") && !specialFunctions.includes(name)),
  );
  return all.filter((name) => parts.length === 0 || parts.some((part) => name.includes(part))).sort();
}

function groups(names) {
  const result = [];
  let bytes = Infinity;
  for (const name of names) {
    const size = statSync(name).size;
    if (bytes + size > most) {
      result.push([]);
      bytes = 0;
    }
    result.at(-1).push(name);
    bytes += size;
  }
  return result;
}

function judge(names, report) {
  const scratch = "bench/mutation/report.json";
  rmSync(scratch, { force: true });
  const env = { ...process.env, ...(options.draw ? { MEDASSAY_DRAW: options.draw } : {}) };
  const call = [stryker, "run", "bench/mutation/stryker.config.mjs", "--mutate", names.join(",")];
  spawnSync(process.execPath, call, { env, stdio: ["ignore", "inherit", "inherit"] });
  if (!existsSync(scratch)) throw new Error(`no report of ${names.join(", ")}: see Stryker's messages above`);
  renameSync(scratch, report);
}

const found = new Set(["Killed", "Timeout"]);
const unfound = new Set(["Survived", "NoCoverage"]);

/** Of each run its own files: an incremental one reports those of runs before it as well. */
function* mutants(runs) {
  for (const { names, report } of runs) {
    for (const [file, { source, mutants: list }] of Object.entries(JSON.parse(readFileSync(report, "utf8")).files)) {
      if (!names.includes(file)) continue;
      const lines = source.split("\n");
      for (const mutant of list) yield { file, lines, ...mutant };
    }
  }
}

function summary(runs) {
  const tally = Object.fromEntries(rooms.map((room) => [room, { found: 0, unfound: 0 }]));
  const survivors = [];
  let left = 0;
  for (const { file, lines, status, statusReason, location, mutatorName, replacement } of mutants(runs)) {
    if (statusReason === notDrawn) left++;
    const own = tally[rooms.find((room) => file.startsWith(room))];
    if (found.has(status)) own.found++;
    if (!unfound.has(status)) continue;
    own.unfound++;
    const { start, end } = location;
    const line = lines[start.line - 1];
    const old =
      start.line === end.line ? line.slice(start.column - 1, end.column - 1) : `${line.slice(start.column - 1)} ...`;
    survivors.push(`- ${file}:${start.line} (${mutatorName}) ${old} => ${replacement.replace(/\s+/g, " ")}`);
  }
  const row = (name, { found, unfound }) =>
    `| ${name} | ${found + unfound} | ${found} | ${unfound} | ${((100 * found) / (found + unfound)).toFixed(1)} % |`;
  const all = Object.values(tally).reduce((a, b) => ({ found: a.found + b.found, unfound: a.unfound + b.unfound }));
  return [
    `Mutants left out by the draw: ${left}`,
    "| room | judged | noticed | survived | score |\n| --- | --- | --- | --- | --- |",
    ...rooms.filter((room) => tally[room].found + tally[room].unfound > 0).map((room) => row(room, tally[room])),
    row("all", all),
    "",
    ...survivors,
    "",
  ].join("\n");
}

mkdirSync(options.out, { recursive: true });
const runs = groups(files()).map((names, at) => {
  const report = join(options.out, `${String(at + 1).padStart(2, "0")}.json`);
  if (!existsSync(report)) judge(names, report);
  return { names, report };
});
const text = summary(runs);
writeFileSync(join(options.out, "summary.md"), text);
console.log(text);
