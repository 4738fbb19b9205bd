/**
 * Pairs of masks of `oracles/segmentation`, every file of it: each expected number, each undefined one with its reason.
 * Under a name of its own: what peers return for the surfel-area definition.
 */
import { describe, expect, it } from "vitest";
import type { Connectivity } from "../../src/geometry/connected-components.js";
import { maskOfRuns, type Mask } from "../../src/geometry/mask.js";
import {
  borderVoxelMetrics,
  boundaryIou,
  clDice,
  lesionWise,
  overlap,
  surfelAreaMetrics,
  type SurfaceMetrics,
} from "../../src/metrics/index.js";
import { noteMissing } from "../shared.js";
import { documentsOf, isInformation, isObject, mayHoldCases, notePassedOver } from "./documents.js";

type Json = null | number | string | Json[] | { [key: string]: Json };
type Table = Record<string, Json>;

interface Pair {
  shape: number[];
  spacing: number[];
  tolerances?: number[];
  ref: number[];
  pred: number[];
  expected: Table;
  peers?: Record<string, Json>;
  skeletons?: { ref: number[]; pred: number[] } & Table;
}

const isPair = (value: unknown): value is Pair =>
  isObject(value) && ["shape", "spacing", "ref", "pred", "expected"].every((key) => key in value);

/** Pairs of every document: cases keyed by id or in a list, masks as runs. What is no pair is named in `unknown`. */
function pairsOf(): { pairs: [string, Pair][]; unknown: string[] } {
  const pairs: [string, Pair][] = [];
  const unknown: string[] = [];
  for (const { name, content } of documentsOf("segmentation")?.documents ?? []) {
    const cases = isObject(content) ? content.cases : content;
    if (cases === undefined && !mayHoldCases(content)) notePassedOver("segmentation", name);
    else if (typeof cases !== "object" || cases === null) unknown.push(name);
    else
      for (const [key, pair] of Object.entries(cases)) {
        const id = `${name} ${isObject(pair) && typeof pair.id === "string" ? pair.id : key}`;
        if (isPair(pair)) pairs.push([id, pair]);
        else unknown.push(id);
      }
  }
  return { pairs, unknown };
}

const { pairs, unknown } = pairsOf();
if (pairs.length === 0) noteMissing("oracles/segmentation", 16);

/** The tolerances of a pair, and those that its expected shares of surface name. */
function tolerancesOf({ tolerances = [], expected }: Pair): number[] {
  const named = isObject(expected.nsdBorderVoxel) ? Object.keys(expected.nsdBorderVoxel) : [];
  return [...new Set([...tolerances, ...named.filter((name) => !isInformation(name)).map(Number)])];
}

const masksOf = ({ ref, pred, shape, spacing }: Pair): [Mask, Mask] => [
  maskOfRuns(ref, shape, spacing),
  maskOfRuns(pred, shape, spacing),
];

const reasons = new Set(["both-empty", "reference-empty", "prediction-empty"]);

/** The reason that an undefined value must carry, by the masks alone. */
function emptyReasonOf([reference, prediction]: [Mask, Mask]): string | null {
  const [r, p] = [reference, prediction].map(({ voxels }) => voxels.some((voxel) => voxel !== 0));
  return r ? (p ? null : "prediction-empty") : p ? "reference-empty" : "both-empty";
}

/** Differences between our values and the reference's, walked along the reference. */
function differences(got: unknown, expected: Json, reason: string | null, pointer: string): string[] {
  const wrong = () => [`${pointer}: ${JSON.stringify(expected)} expected, got ${JSON.stringify(got)}`];
  if (expected === null) {
    const code = (got as { reason?: string } | undefined)?.reason;
    return code !== undefined && code === reason && reasons.has(code) ? [] : wrong();
  }
  if (Array.isArray(expected)) {
    const list = got as unknown[] | undefined;
    if (!Array.isArray(list) || list.length !== expected.length) return wrong();
    return expected.flatMap((entry, at) => differences(list[at], entry, reason, `${pointer}/${at}`));
  }
  if (typeof expected === "object") {
    return Object.entries(expected).flatMap(([key, value]) =>
      isInformation(key)
        ? []
        : differences((got as Record<string, unknown> | undefined)?.[key], value, reason, `${pointer}/${key}`),
    );
  }
  if (typeof got !== "number" || typeof expected !== "number") return wrong();
  const allowed = Math.max(1e-12, 1e-9 * Math.abs(expected));
  return Math.abs(got - expected) <= allowed ? [] : wrong();
}

/** Numbers that no pair with an empty mask has. */
const distanceNames = [
  "hd",
  "hdRefToPred",
  "hdPredToRef",
  "hd95MaxOfDirected",
  "hd95Pooled",
  "hd95NearestRankMaxOfDirected",
  "hd95RefToPred",
  "hd95PredToRef",
  "asdRefToPred",
  "asdPredToRef",
  "masd",
  "assd",
  "medianSurfaceDistance",
  "rmsSurfaceDistance",
];

/** Everything medassay says of a pair, under the names of the reference; a name that it doesn't know stays undefined. */
function answersOf(pair: Pair): Record<string, unknown> {
  const [reference, prediction] = masksOf(pair);
  const region = overlap(reference, prediction);
  const tolerances = tolerancesOf(pair);
  const surface = borderVoxelMetrics(reference, prediction, { tolerances });
  const lesions = (connectivity: string) => {
    const at = (leastIou: number) =>
      lesionWise(reference, prediction, { connectivity: Number(connectivity) as Connectivity, leastIou });
    const [loose, strict] = [at(0.1), at(0.5)];
    return {
      components: [loose.referenceSizes.length, loose.predictionSizes.length],
      refSizes: loose.referenceSizes,
      predSizes: loose.predictionSizes,
      refTouched: loose.touchedLesions,
      predTouching: loose.touchingComponents,
      lesionRecall: loose.touchedRecall,
      lesionPrecision: loose.touchingPrecision,
      matchedIoU01: loose.matched,
      matchedIoU05: strict.matched,
    };
  };
  const bands = (width: string) => {
    const value = (band: "distance" | "chessboard-erosion") =>
      boundaryIou(reference, prediction, { band, width: Number(width) });
    // Masks of which neither has a voxel have no bands: the whole entry is undefined.
    const { boundaryIoUVoxels } = pair.expected;
    return boundaryIoUVoxels === null || (boundaryIoUVoxels as Table)[width] === null
      ? value("distance")
      : { edtBand: value("distance"), chessboardErosion: value("chessboard-erosion") };
  };
  /** Values under the keys of the reference; one alone where the reference has none for all of them. */
  const keyed = (name: string, value: (key: string) => unknown) => {
    const expected = pair.expected[name];
    if (expected === null) return value("1");
    const keys = Object.keys((expected ?? {}) as Table).filter((key) => !isInformation(key));
    return Object.fromEntries(keys.map((key) => [key, value(key)]));
  };
  const within = (tolerance: string) =>
    borderVoxelMetrics(reference, prediction, { tolerances: [Number(tolerance)] }).nsd[0];
  const distances = surface.distances;
  const undefinedDistances = Object.fromEntries(distanceNames.map((name) => [name, distances]));
  return {
    ...(distances.ok ? distances : undefinedDistances),
    TP: region.truePositive,
    FP: region.falsePositive,
    FN: region.falseNegative,
    TN: region.trueNegative,
    ...region,
    volumeRef: region.referenceVolume,
    volumePred: region.predictionVolume,
    borderVoxelsRef: surface.referenceSurface,
    borderVoxelsPred: surface.predictionSurface,
    nsdBorderVoxel: keyed(
      "nsdBorderVoxel",
      (tolerance) => surface.nsd[tolerances.indexOf(Number(tolerance))] ?? within(tolerance),
    ),
    lesionWise: keyed("lesionWise", lesions),
    boundaryIoUVoxels: keyed("boundaryIoUVoxels", bands),
  };
}

describe("pairs of masks", () => {
  it("are read from every document", () => expect(unknown).toEqual([]));

  it("have every value of the reference, and a reason where it has none", () => {
    const found = pairs.flatMap(([id, pair]) =>
      differences(answersOf(pair), pair.expected, emptyReasonOf(masksOf(pair)), id),
    );
    process.stdout.write(`oracles/segmentation: ${pairs.length} pairs checked\n`);
    expect(found).toEqual([]);
  });

  it("have no distances where a mask is empty, and an NSD of 0 where only one is", () => {
    for (const [id, pair] of pairs) {
      const reason = emptyReasonOf(masksOf(pair));
      if (reason === null) continue;
      const none = { ok: false, reason };
      const tolerances = tolerancesOf(pair);
      const nsd = tolerances.map(() => (reason === "both-empty" ? none : 0));
      for (const metrics of [borderVoxelMetrics, surfelAreaMetrics]) {
        const { distances, nsd: shares } = metrics(...masksOf(pair), { tolerances });
        expect({ id, distances, shares }).toEqual({ id, distances: none, shares: nsd });
      }
    }
  });

  it("have the clDice of given centre lines", () => {
    const found = pairs.flatMap(([id, pair]) => {
      const { skeletons } = pair;
      if (skeletons === undefined) return [];
      const { ref, pred, ...expected } = skeletons;
      const lines = {
        reference: maskOfRuns(ref, pair.shape, pair.spacing),
        prediction: maskOfRuns(pred, pair.shape, pair.spacing),
      };
      const reason = emptyReasonOf([lines.reference, lines.prediction]);
      return differences(clDice(...masksOf(pair), { skeletons: lines }), expected, reason, id);
    });
    expect(found).toEqual([]);
  });

  it("peer values of the surfel-area definition", () => {
    /** Numbers of surface-distance are given to 12 digits; those of MONAI are of 32 bits. */
    const near = (id: string, got: number | undefined, value: Json | undefined, relative: number): string[] => {
      if (typeof value !== "number") return [];
      return Math.abs((got ?? Number.NaN) - value) <= relative * Math.max(Math.abs(value), 1e-3)
        ? []
        : [`${id}: ${value} expected, got ${got}`];
    };
    let compared = 0;
    const found = pairs.flatMap(([id, pair]) => {
      const surface: SurfaceMetrics<{
        hd: number;
        hd95NearestRankMaxOfDirected: number;
        asdRefToPred: number;
        asdPredToRef: number;
      }> = surfelAreaMetrics(...masksOf(pair), { tolerances: tolerancesOf(pair) });
      const { distances } = surface;
      return Object.entries(pair.peers ?? {}).flatMap(([peer, values]) => {
        const isMonai = peer === "monai 1.6.1";
        // Other tools and versions are information; so is an exception, which is a text.
        if ((!isMonai && peer !== "surface-distance 0.1") || !isObject(values)) return [];
        const shares = tolerancesOf(pair).flatMap((tolerance, at) => {
          const share = surface.nsd[at];
          const name = `(${Number.isInteger(tolerance) ? tolerance.toFixed(1) : tolerance})`;
          const value = values[isMonai ? `nsdSubvoxel${name}` : `surfaceDice${name}`] as Json | undefined;
          if (value !== undefined) compared++;
          if (value === null) return typeof share === "number" ? [`${id} ${peer}${name}: a number`] : [];
          return near(`${id} ${peer}${name}`, share as number, value, isMonai ? 1e-6 : 1e-11);
        });
        if (isMonai || !distances.ok) return shares;
        return [
          ...shares,
          ...near(`${id} hd100`, distances.hd, values.hd100 as Json, 1e-11),
          ...near(`${id} hd95`, distances.hd95NearestRankMaxOfDirected, values.hd95 as Json, 1e-11),
          ...near(`${id} avgRefToPred`, distances.asdRefToPred, values.avgRefToPred as Json, 1e-11),
          ...near(`${id} avgPredToRef`, distances.asdPredToRef, values.avgPredToRef as Json, 1e-11),
          ...near(`${id} areaRef`, surface.referenceSurface, values.areaRef as Json, 1e-11),
          ...near(`${id} areaPred`, surface.predictionSurface, values.areaPred as Json, 1e-11),
        ];
      });
    });
    expect(found).toEqual([]);
    process.stdout.write(`oracles/segmentation: ${compared} shares of surface of peers compared\n`);
  });
});
