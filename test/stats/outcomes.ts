/** Reads outcomes: the numbers that must be there, or the reason why there are none. */
import type { Outcome } from "../../src/stats/index.js";

/** The values of an outcome that must have some. */
export function ok<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`not estimable: ${outcome.reason}`);
  return outcome;
}

/** Why there are no values; null where there are. */
export function reasonOf(outcome: Outcome<unknown>): string | null {
  return outcome.ok ? null : outcome.reason;
}
