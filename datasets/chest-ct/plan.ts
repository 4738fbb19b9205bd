/** Plan of the embedded chest CT set: which invented patients, on which scanners, in which series. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { clamp, exp, ln, normal } from "./elementary.js";
import type { KernelClass } from "./noise.js";
import type { PhantomPlan } from "./phantom.js";

interface Scanner {
  readonly manufacturer: string;
  readonly model: string;
  readonly kernels: Readonly<Record<KernelClass, string>>;
}

const scanners = {
  siemens: {
    manufacturer: "SIEMENS",
    model: "SOMATOM Definition AS",
    kernels: { soft: "B31f", standard: "B40f", sharp: "B70f" },
  },
  ge: {
    manufacturer: "GE MEDICAL SYSTEMS",
    model: "Revolution CT",
    kernels: { soft: "SOFT", standard: "STANDARD", sharp: "LUNG" },
  },
  philips: { manufacturer: "Philips", model: "Brilliance iCT", kernels: { soft: "B", standard: "C", sharp: "L" } },
  canon: {
    manufacturer: "CANON MEDICAL SYSTEMS",
    model: "Aquilion ONE",
    kernels: { soft: "FC03", standard: "FC08", sharp: "FC51" },
  },
  unitedImaging: {
    manufacturer: "United Imaging Healthcare",
    model: "uCT 760",
    kernels: { soft: "B_SOFT_B", standard: "B_STD_B", sharp: "B_SHARP_C" },
  },
} satisfies Record<string, Scanner>;

export interface Site {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly level: string;
  readonly scanners: readonly Scanner[];
}

/** Invented sites; maker, model and kernel names only give the strata realistic values. */
export const sites: readonly Site[] = [
  {
    id: "site-a",
    name: "Synthetic hospital A",
    region: "east",
    level: "tertiary",
    scanners: [scanners.siemens, scanners.unitedImaging],
  },
  { id: "site-b", name: "Synthetic hospital B", region: "north", level: "tertiary", scanners: [scanners.ge] },
  { id: "site-c", name: "Synthetic hospital C", region: "south", level: "secondary", scanners: [scanners.philips] },
  { id: "site-d", name: "Synthetic hospital D", region: "west", level: "secondary", scanners: [scanners.canon] },
  {
    id: "site-e",
    name: "Synthetic hospital E",
    region: "central",
    level: "tertiary",
    scanners: [scanners.unitedImaging, scanners.siemens],
  },
];

/** One series of a patient: one case of the set. */
export interface CasePlan {
  readonly caseId: string;
  readonly thicknessMm: number;
  readonly kernel: KernelClass;
  /** Name of the kernel by its maker. */
  readonly kernelName: string;
}

export interface PatientPlan {
  readonly patientId: string;
  readonly siteId: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly ageYears: number;
  readonly kvp: number;
  /** Relative to a routine dose. */
  readonly dose: number;
  readonly exposureMas: number;
  readonly acquisitionYear: number;
  readonly phantom: PhantomPlan;
  /** One series, or a thin and a thick one of the same scan. */
  readonly cases: readonly [CasePlan] | readonly [CasePlan, CasePlan];
}

/** Seeds of the set's phantoms lie below this; those of training data start far above (models/lung-nodule/README.md). */
const seedLimit = 1_000_000;

type Series = readonly [thicknessMm: number, kernels: readonly KernelClass[]];
const thin: readonly KernelClass[] = ["sharp", "standard", "standard"];
const medium: readonly KernelClass[] = ["standard", "soft", "standard"];

/** Patients by their series. */
const groups: readonly { readonly count: number; readonly series: Series; readonly partner?: Series }[] = [
  { count: 2, series: [0.625, ["sharp", "standard"]] },
  { count: 12, series: [1.25, thin], partner: [5, ["soft"]] },
  { count: 5, series: [1, thin] },
  { count: 11, series: [2, medium] },
  { count: 2, series: [1.25, thin] },
  { count: 2, series: [5, ["soft", "standard"]] },
];

/** The patients of the set made from a seed: 34 patients, 46 series, every third patient without a nodule. */
export function planChestCtSet(seed: bigint): PatientPlan[] {
  const plans: PatientPlan[] = [];
  let caseNumber = 0;
  const used = new Set<number>();
  for (const { count, series, partner } of groups) {
    for (let n = 0; n < count; n++) {
      const index = plans.length;
      const random = new RandomStream(seed, streamOf("chest-ct-set", "patient", index));
      const site = sites[index % sites.length] as Site;
      const scanner = site.scanners[Math.floor(index / sites.length) % site.scanners.length] as Scanner;
      let phantomSeed = random.below(seedLimit);
      while (used.has(phantomSeed)) phantomSeed = random.below(seedLimit);
      used.add(phantomSeed);
      const dose = exp(ln(0.3) + random.float() * ln(1.5 / 0.3));
      const makeCase = ([thicknessMm, kernels]: Series): CasePlan => {
        const kernel = kernels[n % kernels.length] as KernelClass;
        const caseId = `ct-${String(++caseNumber).padStart(3, "0")}`;
        return { caseId, thicknessMm, kernel, kernelName: scanner.kernels[kernel] };
      };
      const first = makeCase(series);
      plans.push({
        patientId: `SYN-${String(index + 1).padStart(4, "0")}`,
        siteId: site.id,
        manufacturer: scanner.manufacturer,
        model: scanner.model,
        ageYears: Math.round(clamp(61 + 12 * normal(random), 28, 88)),
        kvp: [100, 120, 120, 120][random.below(4)] as number,
        dose,
        exposureMas: Math.round(110 * dose),
        acquisitionYear: 2022 + random.below(4),
        phantom: {
          seed: phantomSeed,
          sex: random.float() < 0.48 ? "F" : "M",
          enhanced: random.float() < 0.35,
          nodules: index % 3 === 2 ? 0 : 4 + random.below(4),
          medianMm: 5.6,
        },
        cases: partner ? [first, makeCase(partner)] : [first],
      });
    }
  }
  return plans;
}
