/** Lesion by lesion: the connected components of two masks, and which of them find each other. */
import { connectedComponents, type Components, type Connectivity } from "../../geometry/connected-components.js";
import { cutToForeground, type Mask } from "../../geometry/mask.js";
import { notEstimable, requireArgument } from "../../stats/outcome.js";
import { mean } from "../../stats/summation.js";
import { emptyReason, requireSameGrid, type EmptyRule, type Value } from "./pair.js";

export interface LesionWiseOptions extends EmptyRule {
  /** Default 26 (8 in two dimensions). */
  readonly connectivity?: Connectivity;
  /** Intersection over union from which a component finds a lesion, above 0 and at most 1; default 0.1. */
  readonly leastIou?: number;
  /**
   * Components below this volume (in the cube, in two dimensions square, of the spacing's unit) are dropped on both sides;
   * one that is below it by less than a part in 1e9 is so by rounding, and stays.
   */
  readonly leastVolume?: number;
}

export interface LesionWise {
  /** Voxels of each component that counts, rising. */
  readonly referenceSizes: readonly number[];
  readonly predictionSizes: readonly number[];
  /** Lesions that share a voxel with any component, and components that share one with any lesion. */
  readonly touchedLesions: number;
  readonly touchingComponents: number;
  readonly touchedRecall: Value;
  readonly touchingPrecision: Value;
  /** Largest number of one-to-one pairs with at least `leastIou`. */
  readonly matched: number;
  readonly recall: Value;
  readonly precision: Value;
  readonly f1: Value;
  /** Mean Dice of the matched pairs; 0 where there is none, unless there is no lesion and no component to match (`bothEmpty`). */
  readonly meanDice: Value;
}

/** Rounding of a volume that counts as reaching the least one: 10 voxels of 0.7 x 0.7 x 0.7 mm have 3.43 mm³. */
const slack = 1e-9;

/** Sizes of components by label; index 0 is not used. */
function sizesOf({ labels, count }: Components): Float64Array {
  const sizes = new Float64Array(count + 1);
  for (const label of labels) sizes[label]! += 1;
  return sizes;
}

/** Lesion detection by overlap of connected components. Shares of nothing carry the reason of the empty mask. */
export function lesionWise(reference: Mask, prediction: Mask, options: LesionWiseOptions = {}): LesionWise {
  requireSameGrid(reference, prediction);
  const { connectivity = reference.shape.length === 2 ? 8 : 26, leastIou = 0.1, leastVolume = 0, bothEmpty } = options;
  requireArgument(leastIou > 0 && leastIou <= 1, `leastIou: ${leastIou} is not in (0, 1]`);
  requireArgument(leastVolume >= 0, `leastVolume: ${leastVolume} is below 0`);
  const [lesions, components] = cutToForeground([reference, prediction]).map(({ voxels, shape }) =>
    connectedComponents(voxels, shape, connectivity),
  ) as [Components, Components];
  const [lesionSizes, componentSizes] = [sizesOf(lesions), sizesOf(components)];
  const voxel = reference.spacing.reduce((product, step) => product * step, 1);
  const least = (leastVolume / voxel) * (1 - slack);
  const counts = (sizes: Float64Array, label: number) => label > 0 && (sizes[label] as number) >= least;

  // Voxels shared by each pair, keyed by both labels.
  const shared = new Map<number, number>();
  for (let at = 0; at < lesions.labels.length; at++) {
    const lesion = lesions.labels[at] as number;
    const component = components.labels[at] as number;
    if (!counts(lesionSizes, lesion) || !counts(componentSizes, component)) continue;
    const key = lesion * (components.count + 1) + component;
    shared.set(key, (shared.get(key) ?? 0) + 1);
  }
  const pairs = [...shared].map(([key, voxels]): OverlappingPair => {
    const component = key % (components.count + 1);
    const lesion = (key - component) / (components.count + 1);
    const together = (lesionSizes[lesion] as number) + (componentSizes[component] as number);
    return { lesion, component, iou: voxels / (together - voxels), dice: (2 * voxels) / together };
  });
  const matches = largestMatching(pairs.filter(({ iou }) => iou >= leastIou));

  const kept = (sizes: Float64Array) => [...sizes.filter((_, label) => counts(sizes, label)).sort()];
  const [referenceSizes, predictionSizes] = [kept(lesionSizes), kept(componentSizes)];
  const empty = emptyReason(lesions.count, components.count);
  const share = (part: number, whole: number, none: "no-positives" | "zero-denominator"): Value =>
    whole > 0 ? part / whole : notEstimable(empty ?? none);
  const touchedLesions = new Set(pairs.map(({ lesion }) => lesion)).size;
  const touchingComponents = new Set(pairs.map(({ component }) => component)).size;
  const both = referenceSizes.length + predictionSizes.length;
  return {
    referenceSizes,
    predictionSizes,
    touchedLesions,
    touchingComponents,
    touchedRecall: share(touchedLesions, referenceSizes.length, "no-positives"),
    touchingPrecision: share(touchingComponents, predictionSizes.length, "zero-denominator"),
    matched: matches.length,
    recall: share(matches.length, referenceSizes.length, "no-positives"),
    precision: share(matches.length, predictionSizes.length, "zero-denominator"),
    f1: both > 0 ? (2 * matches.length) / both : notEstimable(empty ?? "zero-denominator"),
    meanDice:
      matches.length > 0
        ? mean(matches.map(({ dice }) => dice))
        : both > 0
          ? 0
          : (bothEmpty ?? notEstimable(empty ?? "no-data")),
  };
}

interface OverlappingPair {
  readonly lesion: number;
  readonly component: number;
  readonly iou: number;
  readonly dice: number;
}

/**
 * A largest set of pairs in which no lesion and no component stands twice: augmenting paths (Kuhn 1955), components by
 * their best overlap first and each with its best lesion first; equal overlaps in the order of their first shared voxel.
 */
function largestMatching(pairs: readonly OverlappingPair[]): OverlappingPair[] {
  const byComponent = new Map<number, OverlappingPair[]>();
  for (const pair of [...pairs].sort((a, b) => b.iou - a.iou)) {
    const own = byComponent.get(pair.component);
    if (own) own.push(pair);
    else byComponent.set(pair.component, [pair]);
  }
  const holder = new Map<number, OverlappingPair>();
  for (const component of byComponent.keys()) {
    const reached = new Set<number>();
    // Depth first, with a stack of its own: chains of overlapping components may be long.
    const path: { options: readonly OverlappingPair[]; next: number }[] = [];
    const enter = (from: number) => path.push({ options: byComponent.get(from) as OverlappingPair[], next: 0 });
    enter(component);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const pair = step.options[step.next++];
      if (pair === undefined) {
        path.pop();
        continue;
      }
      if (reached.has(pair.lesion)) continue;
      reached.add(pair.lesion);
      const held = holder.get(pair.lesion);
      if (held !== undefined) {
        enter(held.component);
        continue;
      }
      for (const { options, next } of path) {
        const chosen = options[next - 1] as OverlappingPair;
        holder.set(chosen.lesion, chosen);
      }
      break;
    }
  }
  return [...holder.values()];
}
