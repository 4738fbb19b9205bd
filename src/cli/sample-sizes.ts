/** Questions of sample size that `plan` answers. */
import { fail } from "../contract/errors.js";
import { mcnemarSize, pairedNonInferioritySize, precisionSize, singleArmExact, type Outcome } from "../stats/index.js";

interface Sizing {
  readonly units: number;
  readonly basis: { readonly "zh-CN": string; readonly en: string };
}

/** What the call gives, by name. */
export type Numbers = Readonly<Record<string, number | undefined>>;

/** A number that the question needs. @throws USAGE */
function need(numbers: Numbers, name: string): number {
  const value = numbers[name];
  if (value === undefined || !Number.isFinite(value)) fail("USAGE", `this question needs --${name}`);
  return value;
}

/** The numbers of an outcome. @throws USAGE where no size solves the question */
function solved<T extends object>(outcome: Outcome<T>): T {
  return outcome.ok ? outcome : fail("USAGE", `there is no such size: ${outcome.reason}`);
}

export const questions: Readonly<Record<string, (numbers: Numbers) => Sizing>> = {
  target(numbers) {
    const [target, expected] = [need(numbers, "target"), need(numbers, "expected")];
    const { stable } = solved(singleArmExact(target, expected, need(numbers, "alpha"), need(numbers, "power")));
    return {
      units: stable.n,
      basis: {
        "zh-CN": `精确二项检验，目标值 ${target}，预期 ${expected}：自 ${stable.n} 起检验效能始终达到要求（至少 ${stable.critical} 例成功）`,
        en: `exact binomial test of ${target} with ${expected} expected: from ${stable.n} on the power holds for every larger size (${stable.critical} successes at least)`,
      },
    };
  },
  precision(numbers) {
    const [expected, half] = [need(numbers, "expected"), need(numbers, "half-width")];
    const { n } = solved(precisionSize(expected, half, need(numbers, "level")));
    return {
      units: n,
      basis: { "zh-CN": `预期 ${expected}，区间半宽 ${half}`, en: `${expected} expected, interval of ± ${half}` },
    };
  },
  update(numbers) {
    const [better, worse] = [need(numbers, "only-new"), need(numbers, "only-old")];
    const margin = numbers.margin;
    const power = need(numbers, "power");
    const size =
      margin === undefined
        ? solved(mcnemarSize(better, worse, 2 * need(numbers, "alpha"), power))
        : solved(pairedNonInferioritySize(better, worse, margin, need(numbers, "alpha"), power));
    return {
      units: size.n,
      basis:
        margin === undefined
          ? {
              "zh-CN": `McNemar 检验，不一致比例 ${better} 与 ${worse}`,
              en: `McNemar test, discordant shares ${better} and ${worse}`,
            }
          : { "zh-CN": `配对非劣效，界值 ${margin}`, en: `paired non-inferiority with margin ${margin}` },
    };
  },
};
