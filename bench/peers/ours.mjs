/**
 * Our side of the races, one task a process: `node ours.mjs <task> <folder of inputs> <medassay's dist>`.
 * Prints what it answers as one line of JSON, then, for every line "go <count>" that it reads, the CPU time of that many runs.
 */
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

const [task, folder, dist] = process.argv.slice(2);
const load = (module) => import(new URL(module, dist).href);
const settings = JSON.parse(readFileSync(join(folder, "settings.json"), "utf8"));

function numbers(name, Numbers) {
  const bytes = readFileSync(join(folder, name));
  return new Numbers(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const deviation = (values) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

/** By task: reads the inputs and returns the job, a function that answers. */
const tasks = {
  async auc() {
    const { delongAuc, splitByLabel } = await load("stats/index.js");
    const labels = numbers("labels.i4", Int32Array);
    const scores = numbers("scores.f8", Float64Array);
    return () => {
      const { positives, negatives } = splitByLabel(labels, scores);
      const { auc, variance } = delongAuc(positives, negatives);
      return { auc, variance };
    };
  },

  async "auc-bootstrap"() {
    const { bootstrapAuc } = await load("stats/index.js");
    const labels = numbers("labels.i4", Int32Array);
    const scores = numbers("scores.f8", Float64Array);
    const draw = settings.patients ? numbers("patients.i4", Int32Array) : "classes";
    return () => {
      const { auc, replicates, interval } = bootstrapAuc(labels, scores, { replicates: 2000, seed: 1n, draw });
      return { auc, se: () => deviation(replicates), low: interval.low, high: interval.high };
    };
  },

  async froc() {
    const { FrocSweep } = await load("metrics/index.js");
    const score = numbers("mark-score.f8", Float64Array);
    const ofCase = numbers("mark-case.i4", Int32Array);
    const found = numbers("mark-found.i4", Int32Array);
    const { cases, lesions, limits } = settings;
    const casePatient = Int32Array.from({ length: cases }, (_, at) => at);
    return () => {
      const falsePositives = { patient: [], score: [] };
      const hits = { patient: new Int32Array(lesions), score: new Float64Array(lesions).fill(-Infinity) };
      let hit = 0;
      for (let at = 0; at < score.length; at++) {
        if (found[at] === 1) {
          hits.patient[hit] = ofCase[at];
          hits.score[hit++] = score[at];
        } else {
          falsePositives.patient.push(ofCase[at]);
          falsePositives.score.push(score[at]);
        }
      }
      const sweep = new FrocSweep({ patientCount: cases, casePatient, frocLimits: limits, frocReading: "step" }, hits, {
        patient: Int32Array.from(falsePositives.patient),
        score: Float64Array.from(falsePositives.score),
      });
      return Object.fromEntries(sweep.readings().map(({ sensitivity }, at) => [`at ${limits[at]}`, sensitivity]));
    };
  },

  async luna16() {
    const { numberCell, readTable } = await load("datasets/table.js");
    const { readPredictionTable } = await load("inference/prediction-table.js");
    const { scoreDetection } = await load("tasks/forms/detection.js");
    const { frocSweep } = await load("metrics/index.js");
    const { patientWeights, percentileInterval } = await load("stats/index.js");
    const { lists, limits } = settings;
    const match = {
      rule: "centre-in-lesion",
      comparator: "lt",
      minRadiusMm: 0,
      maxMarksPerCase: 100,
      capTies: "drop",
      assignment: "hit-rule",
      duplicates: "ignore",
      excluded: "ignore",
    };
    const readFindings = async (file, byScan, excluded) => {
      const table = await readTable(join(lists, file), ["seriesuid", "coordX", "coordY", "coordZ", "diameter_mm"]);
      for (const row of table.rows) {
        const diameter = numberCell(table, row, "diameter_mm");
        const center = ["coordX", "coordY", "coordZ"].map((axis) => numberCell(table, row, axis));
        const geometry = { type: "sphere", center, diameterMm: diameter > 0 ? diameter : 10 };
        const findings = byScan.get(row.cells.seriesuid);
        findings.push({ id: `${findings.length}`, geometry, excluded });
      }
    };
    return async () => {
      const scans = await readTable(join(lists, "seriesuids.csv"), ["seriesuid"], { columns: ["seriesuid"] });
      const byScan = new Map(scans.rows.map(({ cells }) => [cells.seriesuid, []]));
      await readFindings("annotations.csv", byScan, false);
      await readFindings("annotations_excluded.csv.gz", byScan, true);
      const marks = join(lists, "marks-dpn3d26.csv.gz");
      const predictions = await readPredictionTable(createReadStream(marks).pipe(createGunzip()), marks);
      const cases = [...byScan].map(([id, findings], patient) => ({
        patient,
        entry: { id },
        reference: { case: id, findings },
        prediction: predictions.get(id) ?? { case: id, status: "ok", findings: [] },
      }));
      const set = scoreDetection(cases, cases.length, { exclude: {}, match });
      const sweep = frocSweep(
        set.units(
          { cases: new Uint8Array(cases.length).fill(1) },
          { threshold: null, thresholdFromTestSet: false, frocReading: "linear", frocLimits: limits },
        ),
      );
      const readings = sweep.readings();
      const replicates = limits.map(() => new Float64Array(1000));
      const weights = new Uint16Array(cases.length);
      for (let replicate = 0; replicate < 1000; replicate++) {
        patientWeights(1n, "patient-bootstrap", replicate, cases.length, weights);
        const values = sweep.weighted(weights, replicate);
        for (let at = 0; at < limits.length; at++) replicates[at][replicate] = values[at];
      }
      const intervals = replicates.map((values) => percentileInterval(values));
      return {
        ...Object.fromEntries(readings.map(({ sensitivity }, at) => [`at ${limits[at]}`, sensitivity])),
        ...Object.fromEntries(limits.map((limit, at) => [`low at ${limit}`, intervals[at].low])),
        ...Object.fromEntries(limits.map((limit, at) => [`high at ${limit}`, intervals[at].high])),
      };
    };
  },

  async "miettinen-nurminen"() {
    const { miettinenNurminenDifference } = await load("stats/index.js");
    const counts = numbers("counts.i4", Int32Array);
    return () => {
      let sum = 0;
      for (let at = 0; at < counts.length; at += 4) {
        const { low, high } = miettinenNurminenDifference(counts[at], counts[at + 1], counts[at + 2], counts[at + 3]);
        sum += low + 2 * high;
      }
      return { sum };
    };
  },

  async segmentation() {
    const { borderVoxelMetrics, maskOf } = await load("metrics/index.js");
    const { shape, spacing } = settings;
    const mask = (name) => maskOf(numbers(name, Uint8Array), shape, spacing);
    const [reference, prediction] = [mask("reference.u1"), mask("prediction.u1")];
    return () => {
      const { distances, nsd } = borderVoxelMetrics(reference, prediction, { tolerances: [2] });
      return { hd95: distances.hd95MaxOfDirected, assd: distances.assd, nsd: nsd[0] };
    };
  },
};

const job = await tasks[task]();
const { user: before } = process.cpuUsage();
const given = await job();
const answer = Object.fromEntries(
  Object.entries(given).map(([name, value]) => [name, typeof value === "function" ? value() : value]),
);
const first = (process.cpuUsage().user - before) / 1e6;
console.log(JSON.stringify({ version: `Node ${process.version.slice(1)}`, answer, first, share: 1 }));
for await (const line of createInterface({ input: process.stdin })) {
  const count = Number(line.split(" ")[1]);
  const start = process.cpuUsage();
  for (let run = 0; run < count; run++) await job();
  const { user, system } = process.cpuUsage(start);
  console.log(JSON.stringify({ seconds: (user + system) / 1e6, peakMb: process.resourceUsage().maxRSS / 1024 }));
}
