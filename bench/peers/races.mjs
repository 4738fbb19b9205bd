/** What is raced: inputs made from a fixed seed (the same files for every language), who runs, and the goals. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const bytesOf = (numbers) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Writes arrays as raw little-endian files, and what else a task must know as settings.json. */
function write(folder, settings, arrays = {}) {
  writeFileSync(join(folder, "settings.json"), JSON.stringify(settings));
  for (const [name, numbers] of Object.entries(arrays)) writeFileSync(join(folder, name), bytesOf(numbers));
}

/** Binormal scores of AUC 0.86, three positives in ten cases; all scores differ. */
function makeScores(random, cases) {
  const labels = new Int32Array(cases);
  const scores = new Float64Array(cases);
  for (let at = 0; at < cases; at++) {
    labels[at] = random.below(10) < 3 ? 1 : 0;
    scores[at] = random.normal() + 1.5 * labels[at];
  }
  return { "labels.i4": labels, "scores.f8": scores };
}

const python = (task) => ({ language: "python", task });
const r = (task) => ({ language: "R", task });

function aucRace(cases) {
  return {
    id: `auc-${cases}`,
    title: `AUC and DeLong's variance, ${cases.toLocaleString("en")} cases`,
    task: "auc",
    inputs: (folder, random) => write(folder, {}, makeScores(random, cases)),
    peers: [
      { name: "pROC", ...r("auc-proc"), goal: 5 },
      { name: "numpy, best of two ways", ...python("auc-numpy"), goal: 2 },
      { name: "scikit-learn (AUC alone)", ...python("auc-sklearn") },
    ],
  };
}

function bootstrapRace(cases) {
  return {
    id: `bootstrap-${cases}`,
    title: `bootstrap of an AUC, 2,000 replicates within classes, ${cases.toLocaleString("en")} cases`,
    task: "auc-bootstrap",
    inputs: (folder, random) => write(folder, {}, makeScores(random, cases)),
    peers: [
      { name: "pROC ci.auc", ...r("bootstrap-proc"), goal: 40 },
      { name: "boot", ...r("bootstrap-boot") },
    ],
  };
}

function clusteredRace(patients) {
  const cases = 10_000;
  return {
    id: `clustered-bootstrap-${patients}`,
    title: `bootstrap of an AUC over ${patients.toLocaleString("en")} patients, 2,000 replicates, 10,000 images`,
    task: "auc-bootstrap",
    inputs(folder, random) {
      const of = Int32Array.from({ length: cases }, (_, at) => (at < patients ? at : random.below(patients)));
      write(folder, { patients }, { ...makeScores(random, cases), "patients.i4": of });
    },
    peers: [
      { name: "scikit-learn, rows of the drawn patients", ...python("clusters-sklearn"), goal: 50 },
      { name: "numpy on presorted counts", ...python("clusters-numpy"), goal: 1 },
    ],
  };
}

const frocRace = {
  id: "froc",
  title: "FROC of 2,000 cases, 42,000 marks, 7 limits",
  task: "froc",
  seconds: 0.01,
  inputs(folder, random) {
    const [cases, lesions, marks] = [2000, 2400, 42_000];
    const found = new Int32Array(marks);
    const score = new Float64Array(marks);
    const of = new Int32Array(marks);
    for (let at = 0; at < marks; at++) {
      found[at] = at < 0.75 * lesions ? 1 : 0;
      of[at] = random.below(cases);
      const spread = random.float();
      score[at] = 0.001 + 0.998 * (found[at] === 1 ? 1 - spread * random.float() : spread * random.float());
    }
    const order = random.shuffle(Array.from({ length: marks }, (_, at) => at));
    const shuffled = (numbers) => numbers.map((_, at) => numbers[order[at]]);
    write(
      folder,
      { cases, lesions, limits: [0.125, 0.25, 0.5, 1, 2, 4, 8] },
      {
        "mark-score.f8": shuffled(score),
        "mark-found.i4": shuffled(found),
        "mark-case.i4": shuffled(of),
      },
    );
  },
  peers: [
    { name: "numpy sort and cumsum", ...python("froc-numpy"), goal: 0.5 },
    { name: "picai_eval lesion_TPR", ...python("froc-picai"), goal: 500, tolerance: 1e-6 },
    { name: "MONAI compute_froc_curve_data", ...python("froc-monai") },
  ],
};

const luna16Race = {
  id: "luna16",
  title: "LUNA16 from files to intervals: 888 scans, 55,677 marks, 1,000 replicates",
  task: "luna16",
  seconds: 1,
  inputs(folder, _, shared) {
    const lists = join(shared ?? "", "oracles", "luna16");
    if (!existsSync(lists)) return "no LUNA16 lists: set MEDASSAY_SHARED to a folder that holds oracles/luna16";
    return write(folder, { lists, limits: [0.125, 0.25, 0.5, 1, 2, 4, 8] });
  },
  peers: [
    { name: "the LUNA16 script's way", ...python("luna16-script"), goal: 100 },
    { name: "the same, replicates in whole arrays", ...python("luna16-joined") },
  ],
};

const differenceRace = {
  id: "miettinen-nurminen",
  title: "Miettinen-Nurminen interval of a difference, 1,000 tables",
  task: "miettinen-nurminen",
  inputs(folder, random) {
    const counts = new Int32Array(4000);
    for (let at = 0; at < counts.length; at += 2) {
      counts[at + 1] = 20 + random.below(400);
      counts[at] = 1 + random.below(counts[at + 1] - 1);
    }
    write(folder, {}, { "counts.i4": counts });
  },
  peers: [
    { name: "R (uniroot)", ...r("miettinen-nurminen"), goal: 100 },
    { name: "statsmodels (its values differ)", ...python("mn-statsmodels") },
  ],
};

const segmentationRace = {
  id: "segmentation",
  title: "HD95, ASSD and NSD(2 mm) of two masks of 256 x 256 x 100",
  task: "segmentation",
  seconds: 0.25,
  inputs(folder) {
    const [width, height, depth] = [256, 256, 100];
    const reference = new Uint8Array(width * height * depth);
    const prediction = new Uint8Array(reference.length);
    const square = (value) => value * value;
    for (let z = 0, at = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++, at++) {
          reference[at] = square((z - 50) / 30) + square((y - 128) / 70) + square((x - 120) / 80) <= 1 ? 1 : 0;
          const ripple = 0.03 * Math.sin(y / 5) * Math.cos(x / 7);
          const shape = square((z - 51) / 31) + square((y - 126) / 72) + square((x - 123) / 78);
          prediction[at] = shape + ripple <= 1 ? 1 : 0;
        }
      }
    }
    write(
      folder,
      { shape: [depth, height, width], spacing: [2.5, 0.8, 0.8] },
      {
        "reference.u1": reference,
        "prediction.u1": prediction,
      },
    );
  },
  peers: [
    { name: "MONAI, three calls", ...python("segmentation-monai"), goal: 3, tolerance: 1e-6 },
    { name: "surface-distance", ...python("segmentation-surface-distance") },
    { name: "MetricsReloaded", ...python("segmentation-metrics-reloaded") },
    { name: "medpy hd95 and assd", ...python("segmentation-medpy") },
    { name: "scipy distance maps in the joint box", ...python("segmentation-scipy") },
  ],
};

export const races = [
  ...[10_000, 100_000, 1_000_000].map(aucRace),
  ...[1000, 10_000].map(bootstrapRace),
  ...[2000, 10_000].map(clusteredRace),
  frocRace,
  luna16Race,
  differenceRace,
  segmentationRace,
];
