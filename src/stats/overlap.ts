/** Overlap of two sets from their sizes: Dice, Jaccard and overlap coefficient. */
import { estimated, notEstimable, requireArgument, requireCounts, type NotEstimable, type Outcome } from "./outcome.js";

export interface Overlap {
  /** 2|A∩B|/(|A|+|B|) (Dice 1945, doi:10.2307/1932409). */
  dice: number;
  /** |A∩B|/|A∪B|. */
  jaccard: number;
  /** |A∩B|/min(|A|, |B|); `zero-denominator` where one set is empty. */
  smaller: number | NotEstimable;
}

/** Overlap from the sizes of two sets and of what they share; two empty sets agree on nothing: `both-empty`. */
export function setOverlap(sizeA: number, sizeB: number, shared: number): Outcome<Overlap> {
  requireCounts([sizeA, sizeB, shared], "overlap");
  requireArgument(shared <= Math.min(sizeA, sizeB), `overlap: ${shared} shared of ${sizeA} and ${sizeB}`);
  if (sizeA + sizeB === 0) return notEstimable("both-empty");
  const smallest = Math.min(sizeA, sizeB);
  return estimated({
    dice: (2 * shared) / (sizeA + sizeB),
    jaccard: shared / (sizeA + sizeB - shared),
    smaller: smallest === 0 ? notEstimable("zero-denominator") : shared / smallest,
  });
}
