/** Exit codes of verdicts. */
import type { Comparison } from "../contract/comparison.js";
import { exitCodes, type ExitCode } from "../contract/errors.js";
import type { Result } from "../contract/result.js";
import { weightiest } from "./command.js";

const ofVerdict: Record<Result["verdict"], ExitCode> = {
  pass: exitCodes.done,
  "no-criteria": exitCodes.done,
  fail: exitCodes.negative,
  undetermined: exitCodes.undetermined,
};

/** Of evaluated results: failed cases beyond the allowance (4), a criterion failed (1), undetermined (6). */
export function exitOfResults(results: readonly Result[]): ExitCode {
  return weightiest(
    results.flatMap(({ verdict, sample, context }) => {
      const tooMany = sample.cases > 0 && sample.failed / sample.cases > context.protocol.maxFailedCases;
      return [ofVerdict[verdict], ...(tooMany ? [exitCodes.submission] : [])];
    }),
  );
}

export const exitOfComparison: Record<Comparison["verdict"], ExitCode> = {
  superior: exitCodes.done,
  "non-inferior": exitCodes.done,
  identical: exitCodes.done,
  inferior: exitCodes.negative,
  inconclusive: exitCodes.undetermined,
  "not-comparable": exitCodes.usage,
};
