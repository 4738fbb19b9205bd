/** What a task profile is: one file a clinical task in `profiles/`, naming form, defaults of the protocol, attributes and minimum composition. */
import type { Bilingual } from "../contract/common.js";
import type { EffectiveProtocol, StratumAxis } from "../contract/protocol.js";

/** An attribute that strata can be made of. */
export interface AttributeDefinition {
  readonly title: Bilingual;
  /** Of a case, of a finding of the reference, or the classes of a multi-label task. */
  readonly level: "case" | "finding" | "class";
  /** Names of values, where they are codes. */
  readonly values?: Readonly<Record<string, Bilingual>>;
}

/** What a set needs at least; findings of the gates are warnings unless the protocol requires the composition. */
export interface MinimumComposition {
  readonly cases: number;
  readonly positiveCases: number;
  readonly negativeCases: number;
  /** Positive cases of every class (multi-label). */
  readonly perClass?: number;
  readonly sites: number;
  readonly manufacturers: number;
  /** Largest share of one site and of one manufacturer. */
  readonly largestSiteShare: number;
  readonly largestManufacturerShare: number;
  /** Least cases (case attributes) a stratum. */
  readonly perStratum: readonly { readonly axis: StratumAxis; readonly atLeast: number }[];
}

/** How grades are read (classification tasks). */
export interface Grading {
  /** Label of reference and answer that holds the grade. */
  readonly label: string;
  /** The declared scale, rising. */
  readonly grades: readonly number[];
  /** The positive class: its score in the answer, and the grade it starts from. */
  readonly positive: { readonly title: Bilingual; readonly score: string; readonly fromGrade: number };
  /** Label that says whether an image can be graded. */
  readonly gradable: string;
}

/**
 * A class of a multi-label task: a case has it or not, by the label of its id (0 or 1); an answer may give a score of that
 * name. Of a segmentation task a structure: the label of masks; of a measurement task a quantity by its name.
 */
export interface LabelClass {
  readonly id: string;
  readonly title: Bilingual;
}

/** Name of the attribute that results by class stand under. */
export const classAttribute = "class";

export interface TaskProfile {
  readonly id: string;
  readonly title: Bilingual;
  /** Answer form, a file of `forms/`. */
  readonly form: "detection" | "classification" | "segmentation" | "measurement" | "sequence";
  /** `none`: the recordings of this task are not read; sets list cases without files, and answers come through `score`. */
  readonly imageKind: "volume" | "image" | "none";
  readonly modality: string;
  /** Noun of a case in reports: `case`, `image`. */
  readonly caseUnit: "case" | "image";
  readonly clinicalTask: Bilingual;
  /** Form `classification`, one grade a case. */
  readonly grading?: Grading;
  /** Form `classification`, several yes/no labels a case; forms `segmentation` and `measurement`, what is compared. */
  readonly classes?: readonly LabelClass[];
  /** Form `sequence`: where the test period of a record starts, seconds from its first sample. */
  readonly sequence?: { readonly startSeconds: number };
  /** Defaults of the protocol, everything but its identity. */
  readonly defaults: Omit<EffectiveProtocol, "schema" | "id" | "version" | "task" | "title">;
  readonly attributes: Readonly<Record<string, AttributeDefinition>>;
  /** Attribute used for `sliceThickness`-like strata -> attributes tried in order (computed first, then the tag). */
  readonly attributeFallbacks: Readonly<Record<string, readonly string[]>>;
  readonly minimumComposition: MinimumComposition;
  readonly source: string;
}

/** Several yes/no labels a case: the multi-label form of classification. */
export function isMultiLabel({ form, classes }: Pick<TaskProfile, "form" | "classes">): boolean {
  return form === "classification" && classes !== undefined;
}
