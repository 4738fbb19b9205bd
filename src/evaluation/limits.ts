/** Values against limits, with what sums of fractions leave by rounding counted as equal. */

/** Values no further apart than this share of them (or of 1) are equal. */
const rounding = 1e-12;

export const isEqual = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= rounding * Math.max(1, Math.min(Math.abs(a), Math.abs(b)));

/** Above a limit by more than rounding; an infinite value is above any finite limit. */
export const isAbove = (value: number, limit: number): boolean => value > limit && !isEqual(limit, value);
