/** Postprocessing: probabilities that the grade reaches 1, 2, ... to scores and a grade. */
import { z } from "zod";
import { fail } from "../../contract/errors.js";
import type { Answer, PostprocessOperation } from "./operation.js";

/** Most cumulative probabilities, and so the highest grade. */
const highestGrade = 20;

const parameters = z.strictObject({
  op: z.literal("decode-cumulative-grades").optional(),
  /** Name of the model's output of K probabilities, grades 0..K. */
  output: z.string().min(1).max(200),
  /** Name of the grade: scores `<label>0`.., label `<label>`. */
  label: z
    .string()
    .regex(/^[a-z][A-Za-z0-9]{0,31}$/)
    .default("icdr"),
  /** Lowest grade that is referable. */
  referableFrom: z.int().min(1).max(highestGrade).default(2),
  /** `count`: the number of cumulative probabilities at or above `cut`. `most-probable`: the grade of the largest probability, the lower one of equals. */
  rule: z.enum(["count", "most-probable"]).default("count"),
  cut: z.number().gt(0).lt(1).default(0.5),
});
type Parameters = z.infer<typeof parameters>;

export const decodeCumulativeGrades: PostprocessOperation<Parameters> = {
  id: "decode-cumulative-grades",
  title: { "zh-CN": "累积概率转分级", en: "Cumulative probabilities to grades" },
  description:
    "The output holds q1..qK, probabilities of grade >= 1..K; values outside 0..1 are clipped to it. They are made non-increasing by a running minimum; then P(grade 0) = 1 - q1, P(grade k) = qk - q(k+1), " +
    "P(grade K) = qK: none is negative and the sum is 1. scores.referable = q of referableFrom. The label is the grade by the declared rule.",
  parameters: parameters as z.ZodType<Parameters>,
  apply: (answer: Answer, { output, label, referableFrom, rule, cut }: Parameters): Answer => {
    const tensor = answer.outputs[output];
    if (tensor === undefined)
      fail("DOCUMENT_INVALID", `decode-cumulative-grades: the model has no output "${output}".`);
    const count = tensor.data.length;
    if (count < referableFrom || count > highestGrade) {
      fail(
        "DOCUMENT_INVALID",
        `decode-cumulative-grades: output "${output}" holds ${count} numbers; ${referableFrom} to ${highestGrade} are expected.`,
      );
    }
    const reached: number[] = [];
    let least = 1;
    for (const value of tensor.data) {
      least = Math.min(least, Math.max(0, value));
      reached.push(least);
    }
    const scores: Record<string, number> = { ...answer.scores, referable: reached[referableFrom - 1] as number };
    let best = 0;
    let bestProbability = -1;
    for (let grade = 0; grade <= count; grade++) {
      const probability = (grade === 0 ? 1 : (reached[grade - 1] as number)) - (reached[grade] ?? 0);
      scores[`${label}${grade}`] = probability;
      if (probability > bestProbability) {
        best = grade;
        bestProbability = probability;
      }
    }
    const grade = rule === "count" ? reached.filter((q) => q >= cut).length : best;
    return { ...answer, scores, labels: { ...answer.labels, [label]: grade } };
  },
  labels: ({ output, label }, countOf) => {
    const count = countOf(output);
    // More numbers than that give no grade at all.
    const grades =
      count === null ? null : Array.from({ length: Math.min(count, highestGrade) + 1 }, (_, grade) => grade);
    return [{ name: label, values: grades }];
  },
};
