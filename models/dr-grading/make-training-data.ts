/**
 * Paints photographs for training, calibration or testing of the grader and writes them as the model will see them.
 * node make-training-data.js <out> <seed> <count> <low contrast> <high contrast>: <out>.u8 (count x 3 x 512 x 512 bytes) and <out>.jsonl (grade, camera, quality).
 */
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import sharp from "sharp";
import { chance } from "../../datasets/fundus/draw.js";
import type { Grade } from "../../datasets/fundus/composition.js";
import { cameras, type Quality } from "../../datasets/fundus/optics.js";
import { photographJpeg } from "../../datasets/fundus/paint.js";
import { composePhotograph } from "../../datasets/fundus/photograph.js";
import { fail } from "../../src/contract/errors.js";
import { cropField } from "../../src/inference/operations/crop-field.js";
import type { Raster, Sample } from "../../src/inference/operations/operation.js";
import { resizeRaster } from "../../src/inference/operations/resize-raster.js";
import { toRgb } from "../../src/inference/operations/to-rgb.js";
import { RandomStream, streamOf } from "../../src/stats/random.js";

/** JPEG or PNG bytes to the 512 x 512 raster that the submissions declare. */
async function asModelSees(file: Buffer | string): Promise<Raster> {
  const { data, info } = await sharp(file, { failOn: "warning" })
    .keepIccProfile()
    .raw()
    .toBuffer({ resolveWithObject: true });
  let sample: Sample = {
    kind: "raster",
    data: Float32Array.from(data),
    width: info.width,
    height: info.height,
    channels: info.channels,
  };
  sample = toRgb.apply(sample, { range: "0..255" });
  sample = cropField.apply(sample, { threshold: 16, minimumShare: 0.02 });
  return resizeRaster.apply(sample, { width: 512, height: 512, convention: "antialiased-bilinear" }) as Raster;
}

/** Interleaved values to planes of bytes. */
function planes(raster: Raster): Uint8Array {
  const pixels = raster.width * raster.height;
  const out = new Uint8Array(3 * pixels);
  for (let p = 0; p < pixels; p++)
    for (let c = 0; c < 3; c++) out[c * pixels + p] = Math.round(raster.data[3 * p + c] as number);
  return out;
}

const [target, ...rest] = process.argv.slice(2);
if (target === undefined) fail("USAGE", "make-training-data <out> (--files <path>... | <seed> <count> <low> <high>)");
const file = openSync(`${target}.u8`, "w");
const lines: string[] = [];
if (rest[0] === "--files") {
  for (const path of rest.slice(1)) {
    writeSync(file, planes(await asModelSees(path)));
    lines.push(JSON.stringify({ path }));
  }
} else {
  const seed = BigInt(rest[0] ?? "1");
  const count = Number(rest[1] ?? 10);
  const low = Number(rest[2] ?? 0.3);
  const high = Number(rest[3] ?? 1);
  const draw = new RandomStream(seed, streamOf("training mix"));
  for (let k = 0; k < count; k++) {
    const u = draw.float();
    const grade: Grade = u < 0.28 ? 0 : u < 0.46 ? 1 : u < 0.7 ? 2 : u < 0.85 ? 3 : 4;
    const v = draw.float();
    const quality: Quality = v < 0.6 ? "good" : v < 0.88 ? "fair" : "poor";
    const camera = cameras[draw.below(cameras.length)] ?? "FC-A45";
    const eye = chance(draw, 0.5) ? "left" : "right";
    const photograph = composePhotograph({
      seed,
      name: `training-${k}`,
      eye,
      camera,
      quality,
      grade,
      contrast: [low, high],
    });
    writeSync(file, planes(await asModelSees(await photographJpeg(photograph))));
    lines.push(JSON.stringify({ grade, camera, quality }));
    if (k % 100 === 99) console.error(`${k + 1} of ${count}`);
  }
}
closeSync(file);
writeFileSync(`${target}.jsonl`, lines.join("\n") + "\n");
