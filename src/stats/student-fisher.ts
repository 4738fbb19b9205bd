/** Student's t and Fisher's F distributions, through the incomplete beta function. */
import { betaQuantileLogit, betaTailsAt, requireSide, type Tails } from "./beta.js";
import { requireArgument } from "./outcome.js";

/** Tails of Student's t; `degrees` may be any positive number. */
export function studentTails(t: number, degrees: number): Tails {
  requireArgument(degrees > 0 && !Number.isNaN(t), `studentTails(${t}, ${degrees}) is not defined`);
  if (t === 0) return { lower: 0.5, upper: 0.5 };
  const size = Math.abs(t);
  const ratio = size / Math.sqrt(degrees);
  const square = ratio * ratio;
  // x = v/(v + t²), y = t²/(v + t²)
  const logSquare = 2 * Math.log(ratio);
  const x = square > 1 ? 1 / square / (1 + 1 / square) : 1 / (1 + square);
  const y = square > 1 ? 1 / (1 + 1 / square) : square / (1 + square);
  const logX = square > 1 ? -logSquare - Math.log1p(1 / square) : -Math.log1p(square);
  const logY = square > 1 ? -Math.log1p(1 / square) : logSquare - Math.log1p(square);
  const { lower } = betaTailsAt(x, y, degrees / 2, 0.5, logX, logY);
  const outer = lower / 2;
  return t > 0 ? { lower: 1 - outer, upper: outer } : { lower: outer, upper: 1 - outer };
}

/** Quantile of Student's t with this probability below (or above). */
export function studentQuantile(probability: number, degrees: number, side: keyof Tails = "lower"): number {
  requireArgument(
    degrees > 0 && probability >= 0 && probability <= 1,
    `studentQuantile(${probability}, ${degrees}) is not defined`,
  );
  requireSide(side);
  if (probability === 0.5) return 0;
  if (probability === 0 || probability === 1) return (probability === 0) === (side === "lower") ? -Infinity : Infinity;
  const negative = (side === "lower") === probability < 0.5;
  const outer = Math.min(probability, 1 - probability);
  // logit of v/(v + t²) = ln v - 2 ln t; near the median the inner part is the one that keeps digits
  const logit =
    outer < 0.25
      ? betaQuantileLogit(2 * outer, degrees / 2, 0.5, "lower")
      : betaQuantileLogit(Math.abs(1 - 2 * probability), degrees / 2, 0.5, "upper");
  const size = Math.sqrt(degrees) * Math.exp(-logit / 2);
  return negative ? -size : size;
}

/** Tails of Fisher's F. */
export function fisherTails(f: number, degrees1: number, degrees2: number): Tails {
  requireArgument(f >= 0 && degrees1 > 0 && degrees2 > 0, `fisherTails(${f}, ${degrees1}, ${degrees2}) is not defined`);
  if (f === Infinity) return { lower: 1, upper: 0 };
  const ratio = (degrees1 / degrees2) * f;
  const x = ratio > 1 ? 1 / (1 + 1 / ratio) : ratio / (1 + ratio);
  return betaTailsAt(x, 1 / (1 + ratio), degrees1 / 2, degrees2 / 2);
}

/** Quantile of Fisher's F with this probability below (or above). */
export function fisherQuantile(
  probability: number,
  degrees1: number,
  degrees2: number,
  side: keyof Tails = "lower",
): number {
  requireArgument(
    degrees1 > 0 && degrees2 > 0 && probability >= 0 && probability <= 1,
    `fisherQuantile(${probability}, ${degrees1}, ${degrees2}) is not defined`,
  );
  requireSide(side);
  if (probability === 0 || probability === 1) return (probability === 0) === (side === "lower") ? 0 : Infinity;
  return (degrees2 / degrees1) * Math.exp(betaQuantileLogit(probability, degrees1 / 2, degrees2 / 2, side));
}
