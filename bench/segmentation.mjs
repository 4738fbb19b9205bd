/**
 * Speed of the metrics of one pair of masks, 256 x 256 x 100 voxels of 0.8 x 0.8 x 2.5 mm (0.7 million of foreground), made
 * in memory; values that are known are checked.
 * Usage: node bench/segmentation.mjs [calls]
 */
import {
  borderVoxelMetrics,
  boundaryIou,
  lesionWise,
  maskOf,
  overlap,
  surfelAreaMetrics,
} from "../dist/src/metrics/index.js";
import { describeMachine } from "./machine.mjs";

const calls = Number(process.argv[2] ?? 7);
const shape = [100, 256, 256];
const spacing = [2.5, 0.8, 0.8];

/** An ellipsoid, and one beside it with a wavy surface. */
function makePair() {
  const reference = new Uint8Array(shape[0] * shape[1] * shape[2]);
  const prediction = new Uint8Array(reference.length);
  let at = 0;
  for (let z = 0; z < shape[0]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      for (let x = 0; x < shape[2]; x++, at++) {
        const [a, b, c] = [(z - 50) / 30, (y - 128) / 70, (x - 120) / 80];
        const [d, e, f] = [(z - 51) / 31, (y - 126) / 72, (x - 123) / 78];
        if (a * a + b * b + c * c <= 1) reference[at] = 1;
        if (d * d + e * e + f * f + 0.03 * Math.sin(y / 5) * Math.cos(x / 7) <= 1) prediction[at] = 1;
      }
    }
  }
  return [maskOf(reference, shape, spacing), maskOf(prediction, shape, spacing)];
}

/** CPU milliseconds of each call: the first one compiles. */
function timed(job) {
  const milliseconds = [];
  for (let call = 0; call < calls; call++) {
    const before = process.cpuUsage();
    job();
    const { user, system } = process.cpuUsage(before);
    milliseconds.push(Math.round((user + system) / 100) / 10);
  }
  const [first, ...later] = milliseconds;
  later.sort((a, b) => a - b);
  return { first, median: later[Math.floor(later.length / 2)], least: later[0], most: later.at(-1) };
}

const [reference, prediction] = makePair();
const cpuMilliseconds = {
  borderVoxelMetrics: timed(() => borderVoxelMetrics(reference, prediction, { tolerances: [2] })),
  surfelAreaMetrics: timed(() => surfelAreaMetrics(reference, prediction, { tolerances: [2] })),
  overlap: timed(() => overlap(reference, prediction)),
  lesionWise: timed(() => lesionWise(reference, prediction)),
  boundaryIou: timed(() => boundaryIou(reference, prediction)),
};

const surface = borderVoxelMetrics(reference, prediction, { tolerances: [2] });
const found = {
  referenceSurface: surface.referenceSurface,
  predictionSurface: surface.predictionSurface,
  hd95: surface.distances.hd95MaxOfDirected,
  assd: surface.distances.assd,
  nsd: surface.nsd[0],
};
/** Made with scipy's distance transform. */
const known = { referenceSurface: 39222, predictionSurface: 39704, hd95: 5, assd: 1.97179363834, nsd: 0.52644249043 };
for (const [name, value] of Object.entries(known)) {
  if (!(Math.abs(found[name] - value) <= 1e-10 * value)) throw new Error(`${name}: ${found[name]}, not ${value}`);
}

const result = {
  machine: describeMachine(),
  shape,
  spacing,
  calls,
  goal: "borderVoxelMetrics (HD95, ASSD, NSD and all else of the surfaces in one call) < 250 ms of CPU",
  values: found,
  cpuMilliseconds,
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
