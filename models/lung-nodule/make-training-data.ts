/**
 * Writes training, calibration and test tensors of the nodule detector with the very operations that run in a test.
 * How to run it: README.md in this folder.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { normal, exp } from "../../datasets/chest-ct/elementary.js";
import type { KernelClass } from "../../datasets/chest-ct/noise.js";
import { imageSize } from "../../datasets/chest-ct/painter.js";
import { makePhantom } from "../../datasets/chest-ct/phantom.js";
import type { Phantom } from "../../datasets/chest-ct/phantom.js";
import { paintSeries, sliceCount } from "../../datasets/chest-ct/series.js";
import { lungBox } from "../../src/inference/operations/lung-box.js";
import type { Grid, Sample } from "../../src/inference/operations/operation.js";
import { padGrid } from "../../src/inference/operations/pad-grid.js";
import { resampleGrid } from "../../src/inference/operations/resample-grid.js";
import { windowIntensity } from "../../src/inference/operations/window-intensity.js";
import { RandomStream, streamOf } from "../../src/stats/random.js";

/** First seed of each part; the embedded test set uses seeds below 1,000,000. */
const parts = {
  train: { seed: 5_000_000, nodules: [7, 12], paired: false },
  calibrate: { seed: 6_000_000, nodules: [0, 4], paired: false },
  test: { seed: 7_000_000, nodules: [0, 4], paired: false },
  pairs: { seed: 8_000_000, nodules: [3, 5], paired: true },
} as const;
const thicknesses = [0.625, 1, 1.25, 1.25, 2, 2, 5, 5, 5];
const kernels: readonly KernelClass[] = ["soft", "standard", "standard", "sharp"];

/** The steps of submission.yaml. */
function preprocess(volume: Grid): Grid {
  let sample: Sample = lungBox.apply(volume, lungBox.parameters.parse({}));
  sample = resampleGrid.apply(sample, resampleGrid.parameters.parse({ spacingMm: [2, 2, 2] }));
  sample = windowIntensity.apply(
    sample,
    windowIntensity.parameters.parse({ low: -1000, high: 400, toLow: 0, toHigh: 255 }),
  );
  return padGrid.apply(sample, padGrid.parameters.parse({ multipleOf: 4, minimum: 16 })) as Grid;
}

function emptyVolume(phantom: Phantom, thickness: number): { data: Float32Array; grid: Grid } {
  const { pixel, middleY } = phantom.patient;
  const data = new Float32Array(imageSize * imageSize * sliceCount(phantom, thickness));
  return {
    data,
    grid: {
      kind: "grid",
      data,
      shape: [imageSize, imageSize, sliceCount(phantom, thickness)],
      origin: [-127.5 * pixel, -127.5 * pixel + middleY, 0.5 * thickness],
      axes: [
        [pixel, 0, 0],
        [0, pixel, 0],
        [0, 0, thickness],
      ],
    },
  };
}

function write(folder: string, name: string, volume: Grid, phantom: Phantom, thickness: number, kernel: string): void {
  const tensor = preprocess(volume);
  const bytes = new Uint8Array(tensor.data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(tensor.data[i] as number);
  writeFileSync(join(folder, `${name}.u8`), bytes);
  const facts = {
    shape: tensor.shape,
    origin: tensor.origin,
    thickness,
    kernel,
    nodules: phantom.nodules.map((n) => ({ center: n.center, diameter: n.diameterMm, type: n.type })),
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(facts));
}

const [part, firstText, countText, out] = process.argv.slice(2);
if (part === undefined || !(part in parts) || out === undefined) {
  process.stderr.write("make-training-data train|calibrate|test|pairs FIRST COUNT FOLDER\n");
  process.exit(2);
}
const plan = parts[part as keyof typeof parts];
const folder = join(out, part);
mkdirSync(folder, { recursive: true });
for (let n = Number(firstText); n < Number(firstText) + Number(countText); n++) {
  const seed = plan.seed + n;
  const random = new RandomStream(BigInt(seed), streamOf("lung-nodule", "training-plan"));
  const [least, most] = plan.nodules;
  const phantom = makePhantom({
    seed,
    sex: random.float() < 0.5 ? "F" : "M",
    enhanced: random.float() < 0.35,
    nodules: least + random.below(most - least + 1),
    medianMm: 7.2,
  });
  const dose = exp(0.4 * normal(random) - 0.3);
  const name = String(n).padStart(4, "0");
  const kernel = kernels[random.below(kernels.length)] as KernelClass;
  const thickness = plan.paired ? 1.25 : (thicknesses[random.below(thicknesses.length)] as number);
  const thin = emptyVolume(phantom, thickness);
  const size = imageSize * imageSize;
  if (plan.paired) {
    const thick = emptyVolume(phantom, 5);
    paintSeries(phantom, { thicknessMm: 1.25, kernel, dose }, (k, pixels) => thin.data.set(pixels, k * size), {
      plan: { thicknessMm: 5, kernel: "soft", dose },
      sink: (k, pixels) => thick.data.set(pixels, k * size),
    });
    write(folder, `${name}-thick`, thick.grid, phantom, 5, "soft");
    write(folder, `${name}-thin`, thin.grid, phantom, thickness, kernel);
  } else {
    paintSeries(phantom, { thicknessMm: thickness, kernel, dose }, (k, pixels) => thin.data.set(pixels, k * size));
    write(folder, name, thin.grid, phantom, thickness, kernel);
  }
}
