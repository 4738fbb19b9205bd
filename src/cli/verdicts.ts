/** Exit codes of verdicts. */
import { isCandidateBeyondFailedCases, type Comparison } from "../contract/comparison.js";
import { exitCodes, type ExitCode } from "../contract/errors.js";
import { isResultBeyondFailedCases, type Result } from "../contract/result.js";
import { weightiest } from "./command.js";

const ofResult: Record<Result["verdict"], ExitCode> = {
  pass: exitCodes.done,
  "no-criteria": exitCodes.done,
  fail: exitCodes.negative,
  undetermined: exitCodes.undetermined,
};

/** Of evaluated results: failed cases beyond the allowance (4), a criterion failed (1), undetermined (6). */
export function exitOfResults(results: readonly Result[]): ExitCode {
  return weightiest(
    results.flatMap((result) => [
      ofResult[result.verdict],
      ...(isResultBeyondFailedCases(result) ? [exitCodes.submission] : []),
    ]),
  );
}

const ofComparison: Record<Comparison["verdict"], ExitCode> = {
  superior: exitCodes.done,
  "non-inferior": exitCodes.done,
  identical: exitCodes.done,
  inferior: exitCodes.negative,
  inconclusive: exitCodes.undetermined,
  "not-comparable": exitCodes.usage,
};

/** Of a comparison: failed cases of the candidate beyond the allowance (4), else its verdict. */
export function exitOfComparison(comparison: Pick<Comparison, "verdict" | "failed">): ExitCode {
  const tooMany = isCandidateBeyondFailedCases(comparison);
  return weightiest([ofComparison[comparison.verdict], ...(tooMany ? [exitCodes.submission] : [])]);
}
