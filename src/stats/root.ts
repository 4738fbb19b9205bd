/** Root of a falling function by bisection, to the last bit of the bracket. */
export function fallingRoot(low: number, high: number, f: (x: number) => number): number {
  for (let i = 0; i < 300; i++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
  return low + (high - low) / 2;
}
