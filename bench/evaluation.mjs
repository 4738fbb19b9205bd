/**
 * Speed and memory of one evaluation: 10,000 cases of 7,000 patients, 60,000 marks, 40 strata, the 17 metrics of the nodule task,
 * 2,000 replicates over patients, made in memory.
 * Usage: node bench/evaluation.mjs [cases] [replicates]
 */
import { effectiveProtocol } from "../dist/src/tasks/effective-protocol.js";
import { taskProfile } from "../dist/src/tasks/profiles/index.js";
import { makeResult } from "../dist/src/evaluation/result.js";
import { RandomStream } from "../dist/src/stats/random.js";
import { describeMachine } from "./machine.mjs";

const caseCount = Number(process.argv[2] ?? 10_000);
const replicates = Number(process.argv[3] ?? 2_000);
const patientCount = Math.round(0.7 * caseCount);
const profile = taskProfile("lung-nodule-detection");
const zeros = "0".repeat(64);

/** Six marks a case, 1.2 lesions a case of which three quarters are found: the rest are false alarms. */
function makeInputs() {
  const random = new RandomStream(20260101n, 1n);
  const reference = new Map();
  const predictions = [];
  const cases = [];
  for (let at = 0; at < caseCount; at++) {
    const id = `c${String(at).padStart(6, "0")}`;
    const thickness = [0.625, 1, 1.5, 2.5, 5][random.below(5)];
    cases.push({
      id,
      patient: `p${at < patientCount ? at : random.below(patientCount)}`,
      site: `site-${random.below(3)}`,
      kind: "none",
      files: [],
      attributes: {
        manufacturer: { value: ["A", "B", "C"][random.below(3)], origin: "header" },
        sliceSpacingMm: { value: thickness, origin: "computed" },
        kernel: { value: ["soft", "hard"][random.below(2)], origin: "header" },
        sex: { value: ["F", "M"][random.below(2)], origin: "declared" },
        ageYears: { value: 20 + random.below(70), origin: "header" },
      },
      issues: [],
    });
    const lesions = random.below(5) < 2 ? 3 : 0;
    const findings = [];
    const marks = [];
    for (let n = 0; n < lesions; n++) {
      const center = [100 * n, random.float() * 50, random.float() * 50];
      const diameterMm = 3 + 30 * random.float() * random.float();
      findings.push({
        id: `l${n}`,
        geometry: { type: "sphere", center, diameterMm },
        attributes: { type: ["solid", "part-solid", "ground-glass"][random.below(3)] },
      });
      if (random.float() < 0.75) {
        marks.push({ id: `m${n}`, geometry: { type: "sphere", center, diameterMm }, score: random.float() });
      }
    }
    for (let n = marks.length; n < 6; n++) {
      const center = [100 * n, 500 + random.float(), 0];
      marks.push({
        id: `f${n}`,
        geometry: { type: "sphere", center, diameterMm: 6 },
        score: random.float() * random.float(),
      });
    }
    reference.set(id, { case: id, findings, labels: {}, quantities: {}, basis: { rule: "made", readers: [] } });
    predictions.push({ case: id, status: "ok", findings: marks, scores: {}, labels: {}, quantities: {} });
  }
  const base = effectiveProtocol(profile, null);
  return {
    card: { id: "bench", version: "1" },
    index: { cases, gates: [], joins: [] },
    reference,
    readings: [],
    agreement: [],
    protocol: { ...base, intervals: { ...base.intervals, replicates } },
    profile,
    manifest: { task: profile.id, operatingPoint: { threshold: 0.5 } },
    submission: "bench",
    model: null,
    predictions,
    hashes: { dataset: "bench 1", predictionsHash: zeros },
    openTruth: false,
    attempt: 1,
    tool: { name: "medassay", version: "0" },
  };
}

const inputs = makeInputs();
const before = process.memoryUsage().rss;
const cpu = process.cpuUsage();
const started = performance.now();
const { result, scored } = makeResult(inputs);
const wallSeconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify(
    {
      machine: describeMachine(),
      cases: caseCount,
      patients: scored.joined.patientCount,
      marks: inputs.predictions.reduce((sum, { findings }) => sum + findings.length, 0),
      strata: scored.strata.length,
      metrics: inputs.protocol.metrics.length,
      rows: result.metrics.length,
      resampledRows: result.metrics.filter(({ interval }) => interval?.method === "bootstrap_percentile").length,
      replicates,
      wallSeconds,
      cpuSeconds: (user + system) / 1e6,
      residentMbBefore: before / 2 ** 20,
      peakResidentMb: process.resourceUsage().maxRSS / 1024,
      goals: { seconds: 5, residentMb: 300 },
    },
    null,
    1,
  ),
);
