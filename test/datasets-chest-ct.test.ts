/** The chest CT phantom: reproducible, with the densities, sizes and series it promises. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fieldAt, fields } from "../datasets/chest-ct/anatomy.js";
import { cos, exp, ln, power, sin } from "../datasets/chest-ct/elementary.js";
import { shapeDistance } from "../datasets/chest-ct/nodules.js";
import { paintPatient } from "../datasets/chest-ct/paint-patient.js";
import { imageSize, makePainter } from "../datasets/chest-ct/painter.js";
import { makePhantom, type Phantom } from "../datasets/chest-ct/phantom.js";
import { planChestCtSet } from "../datasets/chest-ct/plan.js";
import { sliceCount } from "../datasets/chest-ct/series.js";
import { readVolume, type Volume } from "../src/imaging/volume.js";

const plan = { seed: 4711, sex: "M", enhanced: false, nodules: 14, medianMm: 9 } as const;
let phantom: Phantom;
beforeAll(() => {
  phantom = makePhantom(plan);
});

/** The plane at height z without noise, as a function of the place in patient millimetres. */
function planeAt(z: number): (x: number, y: number) => number {
  const plane = new Float32Array(imageSize * imageSize);
  makePainter(phantom, "standard").paint(z, plane);
  const { pixel, middleY } = phantom.patient;
  return (x, y) =>
    plane[Math.round((y - middleY) / pixel + 127.5) * imageSize + Math.round(x / pixel + 127.5)] as number;
}

describe("elementary functions", () => {
  test("agree with the engine's to 1e-12", () => {
    for (let x = -40; x <= 40; x += 0.37) {
      expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThan(1e-12);
      expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThan(1e-12);
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-12);
    }
    for (const x of [1e-6, 0.3, 0.999, 1, 1.5, 42, 1e7]) {
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-12);
      expect(power(x, 2.35) / Math.exp(2.35 * Math.log(x))).toBeCloseTo(1, 11);
    }
  });
});

describe("a phantom", () => {
  test("is the same for the same seed, to the last bit of a slice, and another one for another seed", () => {
    const sliceOf = (p: Phantom): Int16Array => {
      const plane = new Float32Array(imageSize * imageSize);
      const pixels = new Int16Array(plane.length);
      const painter = makePainter(p, "sharp");
      painter.paint(120, plane);
      painter.finish(plane, 120, 34, [17, 400, 1, 3], "sharp", pixels);
      return pixels;
    };
    const first = sliceOf(phantom);
    expect(sliceOf(makePhantom(plan))).toEqual(first);
    expect(sliceOf(makePhantom({ ...plan, seed: 4712 }))).not.toEqual(first);
  });

  test("is 250 to 270 mm long and has air, lung, liver, muscle and bone at their HU", () => {
    const { height } = phantom.patient;
    expect(height).toBeGreaterThanOrEqual(250);
    expect(height).toBeLessThanOrEqual(270);
    const low = planeAt(10);
    const middle = planeAt(0.45 * height);
    expect(middle(phantom.patient.halfWidth - 2, -phantom.patient.halfDepth + 2)).toBe(-1000);
    expect(low(-0.5 * phantom.patient.cavityX - 10, 0)).toBeGreaterThan(20);
    expect(low(-0.5 * phantom.patient.cavityX - 10, 0)).toBeLessThan(90);
    const lung: number[] = [];
    for (let x = -90; x < 90; x += 1.5) {
      for (let y = -40; y < 50; y += 1.5) {
        if (fieldAt(phantom.anatomy, phantom.patient, fields.lung, x, y, 0.45 * height) < -6) lung.push(middle(x, y));
      }
    }
    lung.sort((a, b) => a - b);
    const median = lung[Math.floor(lung.length / 2)] as number;
    expect(median).toBeGreaterThan(-930);
    expect(median).toBeLessThan(-800);
    expect(middle(0, phantom.patient.spineY)).toBeGreaterThan(60);
  });

  test("has nodules of the HU of their types at their centres", () => {
    const range = {
      solid: [-80, 110],
      calcified: [180, 540],
      "part-solid": [-80, 80],
      "ground-glass": [-830, -380],
    } as const;
    const seen = new Set<string>();
    for (const nodule of phantom.nodules.filter(({ diameterMm }) => diameterMm >= 7)) {
      const at = planeAt(nodule.center[2] + nodule.coreOffset[2]);
      const [x, y] = [nodule.center[0] + nodule.coreOffset[0], nodule.center[1] + nodule.coreOffset[1]];
      // Vessels may run through a ground-glass nodule: the middle of five places.
      const values = [at(x, y), at(x + 1.4, y), at(x - 1.4, y), at(x, y + 1.4), at(x, y - 1.4)].sort((a, b) => a - b);
      const value = (nodule.type === "part-solid" ? values[4] : values[2]) as number;
      expect(value).toBeGreaterThan(range[nodule.type][0]);
      expect(value).toBeLessThan(range[nodule.type][1]);
      seen.add(nodule.type);
    }
    expect(seen.size).toBeGreaterThanOrEqual(3);
  });

  test("has nodules whose volume is that of a ball of the stated diameter", () => {
    for (const nodule of phantom.nodules) {
      const n = 40;
      const reach = 1.9 * nodule.shape.radius;
      const step = (2 * reach) / n;
      let inside = 0;
      for (let k = 0; k < n; k++) {
        for (let j = 0; j < n; j++) {
          for (let i = 0; i < n; i++) {
            const at = (m: number): number => (m + 0.5) * step - reach;
            if (shapeDistance(nodule.shape, at(i), at(j), at(k)) < 0) inside++;
          }
        }
      }
      const equivalent = 2 * Math.cbrt((3 * inside * step * step * step) / (4 * Math.PI));
      expect(equivalent / nodule.diameterMm).toBeGreaterThan(0.95);
      expect(equivalent / nodule.diameterMm).toBeLessThan(1.05);
      expect(nodule.diameterMm).toBeGreaterThanOrEqual(3);
      expect(nodule.diameterMm).toBeLessThanOrEqual(30);
      if (nodule.type !== "solid" && nodule.type !== "calcified") {
        expect(nodule.diameterMm).toBeGreaterThanOrEqual(6);
      }
    }
  });

  test("without nodules is normal", () => {
    expect(makePhantom({ ...plan, nodules: 0 }).nodules).toEqual([]);
  });
});

describe("a patient painted in a thin and a thick series", () => {
  const folder = mkdtempSync(join(tmpdir(), "medassay-chest-ct-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const paired = planChestCtSet(1n).find(({ cases }) => cases.length === 2);
  const volumes: Volume[] = [];
  beforeAll(async () => {
    if (paired === undefined) throw new Error("the plan has no paired patient");
    paintPatient(paired, folder);
    for (const { caseId } of paired.cases) {
      const names = readdirSync(join(folder, caseId)).sort();
      volumes.push(await readVolume(names.map((name) => join(folder, caseId, name))));
    }
  });

  test("reads back with the planned thickness as spacing, and the lower end at z = 0", () => {
    const made = makePhantom((paired as NonNullable<typeof paired>).phantom);
    volumes.forEach((volume, n) => {
      const thickness = n === 0 ? 1.25 : 5;
      expect(volume.shape).toEqual([256, 256, sliceCount(made, thickness)]);
      expect(volume.spacing[2]).toBeCloseTo(thickness, 9);
      expect(volume.spacing[0]).toBeCloseTo(made.patient.pixel, 9);
      expect(volume.origin[0]).toBeCloseTo(-127.5 * made.patient.pixel, 6);
      expect(volume.origin[2]).toBeCloseTo(thickness / 2, 9);
      expect(volume.shape[2] * volume.spacing[2]).toBeGreaterThanOrEqual(245);
    });
  });

  test("shows the same chest: a thick slice is near the mean of its four thin ones, and less noisy", () => {
    const [thin, thick] = volumes as [Volume, Volume];
    const size = 256 * 256;
    const slice = 25;
    const sums = { x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
    let noiseThin = 0;
    let noiseThick = 0;
    for (let i = 0; i < size - 1; i++) {
      const y = thick.data[slice * size + i] as number;
      let x = 0;
      for (let s = 0; s < 4; s++) x += (thin.data[(4 * slice + s) * size + i] as number) / 4;
      sums.x += x;
      sums.y += y;
      sums.xx += x * x;
      sums.yy += y * y;
      sums.xy += x * y;
      noiseThin += Math.abs(
        (thin.data[4 * slice * size + i + 1] as number) - (thin.data[4 * slice * size + i] as number),
      );
      noiseThick += Math.abs((thick.data[slice * size + i + 1] as number) - y);
    }
    const n = size - 1;
    const correlation =
      (n * sums.xy - sums.x * sums.y) / Math.sqrt((n * sums.xx - sums.x * sums.x) * (n * sums.yy - sums.y * sums.y));
    expect(correlation).toBeGreaterThan(0.98);
    expect(noiseThick).toBeLessThan(0.8 * noiseThin);
  });
});
