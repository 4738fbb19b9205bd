/** Labels and classes that a manifest declares, against those of the task: what the task does not know would be left out of the result in silence. */
import { fail } from "../contract/errors.js";
import type { AnswerLabels } from "../contract/prediction.js";
import type { OnnxSubmission, Submission } from "../contract/submission.js";

/** A label that a postprocessing step gives every answer. */
export interface DeclaredLabel {
  readonly name: string;
  /** All values that it can take; null: the manifest does not say. */
  readonly values: readonly number[] | null;
}

/** Gives how many numbers an output holds for one case, 0 where it is not declared; null: the manifest does not say. */
export type CountOfOutput = (output: string) => number | null;

/** What must be known of a step to judge its labels. */
export interface LabellingStep {
  readonly parameters: { parse(step: unknown): unknown };
  /** Steps that give no labels have none. */
  labels?(parameters: unknown, countOf: CountOfOutput): readonly DeclaredLabel[];
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? "it has none" : `known are ${names.join(", ")}`;

/** Cases come one by one, so a symbol of the input's first axis stands for 1. */
function countIn({ inputs, outputs }: Pick<OnnxSubmission, "inputs" | "outputs">): CountOfOutput {
  const batch = inputs[0]?.shape[0];
  return (name) => {
    const declared = outputs.find((output) => output.name === name);
    if (declared === undefined) return 0;
    const sizes = declared.shape.map((size) => (typeof size === "string" && size === batch ? 1 : size));
    return sizes.every((size) => typeof size === "number") ? sizes.reduce((product, size) => product * size, 1) : null;
  };
}

/**
 * Judges the labels that postprocessing gives, names and values.
 * @param steps the steps by id; the manifest's own are among them and follow their schemas
 * @param known labels of the task; null: it has none
 * @throws SUBMISSION_LABEL_UNKNOWN with the place in the manifest
 */
export function judgeLabels(
  manifest: Pick<OnnxSubmission, "inputs" | "outputs" | "postprocess">,
  steps: Readonly<Record<string, LabellingStep>>,
  known: AnswerLabels | null,
  file: string,
): void {
  const countOf = countIn(manifest);
  for (const [at, step] of manifest.postprocess.entries()) {
    const definition = steps[step.op] as LabellingStep;
    const refuse = (pointer: string, text: string): never =>
      fail("SUBMISSION_LABEL_UNKNOWN", `${file}: postprocessing step ${at + 1} (${step.op}) ${text}`, {
        file,
        pointer: `/postprocess/${at}${pointer}`,
      });
    for (const { name, values } of definition.labels?.(definition.parameters.parse(step), countOf) ?? []) {
      if (known === null || !known.labels.includes(name))
        return refuse("/label", `gives labels.${name}, which the task does not know; ${listed(known?.labels ?? [])}`);
      if (values === null)
        return refuse(
          "/output",
          `does not say which values labels.${name} can have: declare the output's shape in numbers`,
        );
      for (const value of values) {
        const fault = known.fault(name, value);
        if (fault !== null) refuse("/output", `can give labels.${name} the value ${value}, ${fault}`);
      }
    }
  }
}

/**
 * Judges the classes that have thresholds of their own.
 * @throws SUBMISSION_LABEL_UNKNOWN
 */
export function judgeThresholds(
  { operatingPoint }: Pick<Submission, "operatingPoint">,
  known: AnswerLabels | null,
  file: string,
): void {
  const classes = known?.classes ?? [];
  const unknown = Object.keys(operatingPoint?.thresholds ?? {}).find((id) => !classes.includes(id));
  if (unknown === undefined) return;
  fail(
    "SUBMISSION_LABEL_UNKNOWN",
    `${file}: a threshold is declared for ${unknown}, which is no class of the task; ${listed(classes)}`,
    { file, pointer: "/operatingPoint/thresholds" },
  );
}
