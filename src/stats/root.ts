/** What is known of a function before its root is looked for. */
export interface RootStart {
  /** Values at the ends: above and below 0. */
  atLow?: number;
  atHigh?: number;
  /** Where the root is likely to be. */
  guess?: number;
}

/**
 * Root of a falling function in a bracket, to the last two bits of the root, in about ten calls: Chandrupatla's method
 * (1997, doi:10.1016/s0965-9978(96)00051-8), inverse quadratic interpolation where it is safe and bisection where not. The
 * function is not called at the ends, and may be infinite: there it is bisected.
 */
export function fallingRoot(low: number, high: number, f: (x: number) => number, start: RootStart = {}): number {
  // The newest point and the end across the root from it; the point given up last.
  let x1 = low;
  let f1 = start.atLow ?? Infinity;
  let x2 = high;
  let f2 = start.atHigh ?? -Infinity;
  const guess = start.guess ?? low;
  let share = guess > low && guess < high ? (guess - low) / (high - low) : 0.5;
  for (let call = 0; call < 300; call++) {
    const x = x1 + share * (x2 - x1);
    const value = f(x);
    let x3 = x1;
    let f3 = f1;
    if (value > 0 !== f1 > 0) {
      x3 = x2;
      f3 = f2;
      x2 = x1;
      f2 = f1;
    }
    x1 = x;
    f1 = value;
    const least = (Number.EPSILON * Math.abs(x)) / Math.abs(x2 - x1);
    if (!(least < 0.5)) break;
    const place = (x1 - x2) / (x3 - x2);
    const fall = (f1 - f2) / (f3 - f2);
    const isSafe = fall * fall < place && (1 - fall) * (1 - fall) < 1 - place;
    if (isSafe) {
      share = ((f1 / (f2 - f1)) * f3) / (f2 - f3) + ((((x3 - x1) / (x2 - x1)) * f1) / (f3 - f1)) * (f2 / (f3 - f2));
    } else {
      // From two values alone, the line through them.
      share = !Number.isFinite(f3) && Number.isFinite(f1 - f2) ? f1 / (f1 - f2) : 0.5;
    }
    share = Math.min(1 - least, Math.max(least, share));
  }
  return x1 + (x2 - x1) / 2;
}

/**
 * Newton's steps to a root in an open bracket, for functions with a derivative: three to five calls where the guess is near.
 * Undefined where a step leaves the bracket or they don't settle; `fallingRoot` then answers.
 * @param step the step from x, -f(x)/f'(x)
 */
export function newtonRoot(low: number, high: number, guess: number, step: (x: number) => number): number | undefined {
  let x = guess;
  for (let call = 0; call < 8; call++) {
    const length = step(x);
    x += length;
    if (!(x > low && x < high)) return undefined;
    // What is left is about the square of the last step.
    if (Math.abs(length) < 1e-9 * Math.min(x - low, high - x)) return x;
  }
  return undefined;
}
