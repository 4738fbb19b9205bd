/** The embedded fundus set: same seed, same bytes; grades by composition; no holes in the field; readers who disagree as readers do. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawComposition, type Grade } from "../datasets/fundus/composition.js";
import { makeFundusSet } from "../datasets/fundus/make.js";
import { cameraModels, cameras, qualities } from "../datasets/fundus/optics.js";
import { photographJpeg } from "../datasets/fundus/paint.js";
import { composePhotograph } from "../datasets/fundus/photograph.js";
import { planFundusSet } from "../datasets/fundus/plan.js";
import { readPhotographs } from "../datasets/fundus/readers.js";
import { datasetCard } from "../src/contract/dataset-card.js";
import { protocol } from "../src/contract/protocol.js";
import { reading, type Reading } from "../src/contract/reading.js";
import { RandomStream } from "../src/stats/random.js";
import { readJsonLines, readYaml } from "../src/storage/documents.js";

const grades: readonly Grade[] = [0, 1, 2, 3, 4];

describe("the plan", () => {
  const plan = planFundusSet(7n);

  it("has 120 photographs of 66 patients, 54 with both eyes", () => {
    expect(plan).toHaveLength(120);
    const eyes = new Map<string, string[]>();
    for (const { patientId, spec } of plan) eyes.set(patientId, [...(eyes.get(patientId) ?? []), spec.eye]);
    expect(eyes.size).toBe(66);
    expect([...eyes.values()].filter((pair) => pair.length === 2 && pair[0] !== pair[1])).toHaveLength(54);
  });

  it("has five sites, four cameras, three qualities, both sexes and all grades", () => {
    expect(new Set(plan.map(({ siteId }) => siteId)).size).toBe(5);
    expect(new Set(plan.map(({ spec }) => spec.camera)).size).toBe(4);
    expect(new Set(plan.map(({ spec }) => spec.quality)).size).toBe(3);
    expect(new Set(plan.map(({ sex }) => sex)).size).toBe(2);
    for (const grade of grades)
      expect(plan.filter(({ spec }) => spec.grade === grade).length).toBeGreaterThanOrEqual(8);
  });

  it("is the same for the same seed and another for another", () => {
    expect(planFundusSet(7n)).toEqual(plan);
    expect(planFundusSet(8n)).not.toEqual(plan);
  });
});

describe("composition by grade", () => {
  const many = (grade: Grade) =>
    Array.from({ length: 300 }, (_, k) => drawComposition(new RandomStream(5n, BigInt(k)), grade));

  it("0 has nothing, 1 has microaneurysms only", () => {
    for (const c of many(0)) expect(c).toEqual(drawComposition(new RandomStream(0n, 0n), 0));
    for (const c of many(1)) {
      expect(c.microaneurysms).toBeGreaterThanOrEqual(1);
      expect({ ...c, microaneurysms: 0 }).toEqual(drawComposition(new RandomStream(0n, 0n), 0));
    }
  });

  it("2 bleeds but meets no criterion of 3", () => {
    for (const c of many(2)) {
      expect(c.haemorrhages).toBeGreaterThanOrEqual(1);
      expect(c.haemorrhages).toBeLessThanOrEqual(14);
      expect([c.haemorrhagesPerQuadrant, c.beading, c.irma, c.newVesselsDisc + c.newVesselsElsewhere]).toEqual([
        null,
        0,
        0,
        0,
      ]);
    }
  });

  it("3 meets the 4-2-1 rule and has no new vessels", () => {
    for (const c of many(3)) {
      const quadrants = c.haemorrhagesPerQuadrant !== null && Math.min(...c.haemorrhagesPerQuadrant) >= 20;
      expect(quadrants || c.beading > 0 || c.irma > 0).toBe(true);
      expect(c.newVesselsDisc + c.newVesselsElsewhere + c.preretinal).toBe(0);
    }
  });

  it("4 has new vessels", () => {
    for (const c of many(4)) expect(c.newVesselsDisc + c.newVesselsElsewhere).toBeGreaterThanOrEqual(1);
  });

  it("what is placed is what was composed, in the quadrants that were asked for", () => {
    for (let k = 0; k < 40; k++) {
      const { composition, lesions } = composePhotograph({
        seed: 3n,
        name: `c${k}`,
        eye: "left",
        camera: "FC-B45",
        quality: "good",
        grade: 3,
        contrast: [0.3, 1],
      });
      const bleeding = lesions.filter(({ kind }) => kind === "dot" || kind === "blot" || kind === "flame");
      expect(lesions.filter(({ kind }) => kind === "microaneurysm")).toHaveLength(composition.microaneurysms);
      if (composition.haemorrhagesPerQuadrant === null) expect(bleeding).toHaveLength(composition.haemorrhages);
      else
        expect([0, 1, 2, 3].map((q) => bleeding.filter(({ quadrant }) => quadrant === q).length)).toEqual(
          composition.haemorrhagesPerQuadrant,
        );
    }
  });
});

describe("a photograph", () => {
  it("has the same bytes each time and no hole in the field, in every camera and quality", async () => {
    for (const [at, camera] of cameras.entries()) {
      const quality = qualities[at % 3] ?? "good";
      const grade = (at + 1) as Grade;
      const photograph = composePhotograph({
        seed: 11n,
        name: `p${at}`,
        eye: at % 2 === 0 ? "right" : "left",
        camera,
        quality,
        grade,
        contrast: [0.3, 1],
      });
      const jpeg = await photographJpeg(photograph);
      expect((await photographJpeg(photograph)).equals(jpeg)).toBe(true);
      const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels]).toEqual([512, 512, 3]);
      const model = cameraModels[camera];
      let holes = 0;
      let inside = 0;
      for (let y = 0; y < 512; y++) {
        for (let x = 0; x < 512; x++) {
          const u = (x - 255.5) / (256 * model.field);
          const v = (y - 255.5) / (256 * model.field);
          if (u * u + v * v > 0.95 || Math.abs(v) > model.cut - 0.02) continue;
          inside++;
          const p = 3 * (x + 512 * y);
          if (data[p] === 0 && data[p + 1] === 0) holes++;
        }
      }
      expect(inside).toBeGreaterThan(120_000);
      expect(holes, camera).toBe(0);
    }
  });
});

describe("the readers", () => {
  /** Quadratic kappa of pairs of grades, by its definition. */
  function kappa(pairs: readonly (readonly [number, number])[]): number {
    let observed = 0;
    let expected = 0;
    for (const [a] of pairs) for (const [, b] of pairs) expected += (a - b) * (a - b);
    for (const [a, b] of pairs) observed += (a - b) * (a - b);
    return 1 - observed / (expected / pairs.length);
  }
  const seed = 20260101n;
  const plan = planFundusSet(seed);
  const readings = readPhotographs(
    plan.map(({ spec }) => composePhotograph(spec)),
    seed,
  );
  const labels = (reader: string, round: number) =>
    new Map(
      readings.filter((line) => line.reader === reader && line.round === round).map((line) => [line.case, line.labels]),
    );
  const agreement = (a: Map<string, Reading["labels"]>, b: Map<string, Reading["labels"]>): number =>
    kappa(
      plan.flatMap(({ caseId }) => {
        const one = a.get(caseId)?.icdr;
        const other = b.get(caseId)?.icdr;
        return typeof one === "number" && typeof other === "number" ? [[one, other] as const] : [];
      }),
    );

  it("agree with each other by a quadratic kappa of 0.75 to 0.9, with themselves by 0.85 to 0.95", () => {
    for (const round of [1, 2]) {
      const between = agreement(labels("reader-1", round), labels("reader-2", round));
      expect(between).toBeGreaterThan(0.75);
      expect(between).toBeLessThan(0.9);
    }
    for (const reader of ["reader-1", "reader-2"]) {
      const within = agreement(labels(reader, 1), labels(reader, 2));
      expect(within).toBeGreaterThan(0.85);
      expect(within).toBeLessThan(0.95);
    }
  });

  it("read every case twice; the arbiter reads the cases in dispute and no other", () => {
    for (const reader of ["reader-1", "reader-2"])
      for (const round of [1, 2]) expect(labels(reader, round).size).toBe(120);
    const [one, other] = [labels("reader-1", 2), labels("reader-2", 2)];
    const disputed = plan
      .map(({ caseId }) => caseId)
      .filter((name) => JSON.stringify(one.get(name)) !== JSON.stringify(other.get(name)));
    expect([...labels("arbiter", 0).keys()]).toEqual(disputed);
    expect(disputed.length).toBeGreaterThan(10);
  });

  it("give a grade exactly where they call the photograph gradable, and the arbiter one where both readers do", () => {
    for (const line of readings)
      expect(typeof line.labels.icdr === "number", line.case).toBe(line.labels.gradable === true);
    const ungradable = readings.filter((line) => line.labels.gradable === false).map((line) => line.case);
    const quality = new Map(plan.map(({ caseId, spec }) => [caseId, spec.quality]));
    expect(ungradable.length).toBeGreaterThan(0);
    for (const name of ungradable) expect(quality.get(name)).not.toBe("good");
  });

  it("miss more where lesions are fainter", () => {
    const missed = (contrast: readonly [number, number]): number => {
      const photographs = Array.from({ length: 60 }, (_, k) =>
        composePhotograph({
          seed: 21n,
          name: `m${k}`,
          eye: "left",
          camera: "FC-A45",
          quality: "good",
          grade: 1,
          contrast,
        }),
      );
      return readPhotographs(photographs, 21n).filter(({ round, labels: said }) => round > 0 && said.icdr === 0).length;
    };
    expect(missed([0.3, 0.35])).toBeGreaterThan(missed([0.95, 1]) + 15);
  });
});

describe("the folder", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "medassay-fundus-"));
    await makeFundusSet(folder, { seed: 7n, jobs: 1 });
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is a test set of the contract with readings and no reference", async () => {
    await readYaml(join(folder, "dataset.yaml"), datasetCard);
    await readYaml(join(folder, "protocol.yaml"), protocol);
    expect((await readJsonLines(join(folder, "truth/readings.jsonl"), reading)).length).toBeGreaterThan(480);
    expect(await readdir(join(folder, "truth"))).toEqual(["readings.jsonl"]);
    expect(await readdir(join(folder, "images"))).toHaveLength(120);
    const table = (await readFile(join(folder, "cases.csv"), "utf8")).trim().split("\n");
    expect(table).toHaveLength(121);
    expect(table.join("\n")).not.toMatch(/grade|icdr/i);
  });
});
