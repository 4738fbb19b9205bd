/** Who is in the embedded fundus set: patients, sites, cameras, qualities and grades of its 120 photographs. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import type { Grade } from "./composition.js";
import { between, chance } from "./draw.js";
import { cameraModels, type Camera, type Quality } from "./optics.js";
import type { PhotographSpec } from "./photograph.js";

interface PlannedPhotograph {
  readonly caseId: string;
  readonly patientId: string;
  readonly siteId: string;
  readonly sex: "F" | "M";
  readonly ageYears: number;
  readonly spec: PhotographSpec;
}

interface Site {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly level: string;
  /** Patients, of 66. */
  readonly patients: number;
  readonly cameras: readonly Camera[];
  /** Shares of good and fair photographs; the rest is poor. */
  readonly good: number;
  readonly fair: number;
}

export const sites: readonly Site[] = [
  {
    id: "north-hospital",
    name: "Synthetic hospital, north",
    region: "north",
    level: "tertiary",
    patients: 18,
    cameras: ["FC-A45", "FC-D45"],
    good: 0.72,
    fair: 0.23,
  },
  {
    id: "east-hospital",
    name: "Synthetic hospital, east",
    region: "east",
    level: "tertiary",
    patients: 15,
    cameras: ["FC-B45"],
    good: 0.66,
    fair: 0.25,
  },
  {
    id: "south-clinic",
    name: "Synthetic eye clinic, south",
    region: "south",
    level: "secondary",
    patients: 13,
    cameras: ["FC-C50"],
    good: 0.56,
    fair: 0.3,
  },
  {
    id: "west-screening",
    name: "Synthetic screening centre, west",
    region: "west",
    level: "primary",
    patients: 11,
    cameras: ["FC-D45"],
    good: 0.46,
    fair: 0.34,
  },
  {
    id: "centre-screening",
    name: "Synthetic screening centre, centre",
    region: "central",
    level: "primary",
    patients: 9,
    cameras: ["FC-A45", "FC-C50"],
    good: 0.46,
    fair: 0.34,
  },
];

/** Patients by the grade of the worse eye: grades are enriched, so prevalence can't be read from the set. */
const patientsByGrade: readonly number[] = [21, 10, 16, 10, 9];
/** Patients of whom one eye only was photographed. */
const oneEyed = 12;

/** As hard as life: faint lesions in many eyes, so that readers and graders miss some. */
const contrast = [0.3, 1] as const;

/** Plans the set: 66 patients, 120 photographs. The grade of a plan is the painter's order, never the reference. */
export function planFundusSet(seed: bigint): PlannedPhotograph[] {
  const random = new RandomStream(seed, streamOf("fundus", "plan"));
  const grades = random.shuffle(patientsByGrade.flatMap((count, grade) => Array<number>(count).fill(grade)));
  const places = random.shuffle(sites.flatMap((site) => Array<Site>(site.patients).fill(site)));
  const single = random.shuffle(grades.map((_, at) => at < oneEyed));
  const photographs: PlannedPhotograph[] = [];
  grades.forEach((worse, at) => {
    const site = places[at] as Site;
    const patientId = `P${String(at + 1).padStart(3, "0")}`;
    const sex = chance(random, 0.48) ? "F" : "M";
    const ageYears = Math.round(Math.min(86, Math.max(24, 58 + 11 * random.normal())));
    const camera = site.cameras[random.below(site.cameras.length)] as Camera;
    const worseEye: "left" | "right" = chance(random, 0.5) ? "left" : "right";
    const eyes = single[at] === true ? [worseEye] : (["right", "left"] as const);
    for (const eye of eyes) {
      const grade = eye === worseEye ? worse : fellow(random, worse);
      const u = between(random, 0, 1);
      const quality: Quality = u < site.good ? "good" : u < site.good + site.fair ? "fair" : "poor";
      const caseId = `F${String(photographs.length + 1).padStart(3, "0")}`;
      photographs.push({
        caseId,
        patientId,
        siteId: site.id,
        sex,
        ageYears,
        spec: { seed, name: caseId, eye, camera, quality, grade: grade as Grade, contrast },
      });
    }
  });
  return photographs;
}

/** The fellow eye has the same grade in two of three, else a lower one. */
function fellow(random: RandomStream, worse: number): number {
  if (worse === 0 || chance(random, 0.65)) return worse;
  return Math.max(0, worse - (chance(random, 0.8) ? 1 : 2));
}

/** The row of a photograph in cases.csv. */
export function caseRow(photograph: PlannedPhotograph): readonly (readonly [string, string])[] {
  const { caseId, patientId, siteId, sex, ageYears, spec } = photograph;
  const model = cameraModels[spec.camera];
  return [
    ["case_id", caseId],
    ["patient_id", patientId],
    ["site_id", siteId],
    ["image", `images/${caseId}.jpg`],
    ["eye", spec.eye],
    ["manufacturer", model.maker],
    ["camera", spec.camera],
    ["quality", spec.quality],
    ["sex", sex],
    ["ageYears", String(ageYears)],
    ["fieldOfViewDeg", String(model.fieldOfViewDeg)],
  ];
}
