/** What parent and child say to each other. The child knows cases by opaque names and never sees ids, attributes or truth. */
import type { AttributeValue, Finding } from "../contract/finding.js";
import type { FailureCode } from "../contract/prediction.js";
import type { ModelInput, ModelOutput, Step } from "../contract/submission.js";

export interface CaseFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export type ChildRequest =
  | {
      readonly type: "open";
      readonly model: { readonly path: string; readonly sha256: string };
      readonly inputs: readonly ModelInput[];
      readonly outputs: readonly ModelOutput[];
      readonly postprocess: readonly Step[];
      /** What the cases are: only that decoder is loaded. */
      readonly kind: "volume" | "image";
    }
  | {
      readonly type: "case";
      readonly name: string;
      readonly kind: "volume" | "image";
      readonly files: readonly CaseFile[];
    }
  | { readonly type: "test"; readonly input: string; readonly output: string; readonly tolerance: number }
  | {
      readonly type: "probe";
      readonly read: string;
      readonly write: string;
      readonly port: number;
      readonly see: string;
    };

export interface CaseTiming {
  readonly readMs: number;
  readonly preprocessMs: number;
  readonly inferMs: number;
  readonly postprocessMs: number;
  readonly cpuMs: number;
  readonly peakMemoryMb: number;
}

export interface CaseAnswer {
  readonly findings: readonly Finding[];
  readonly scores: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, AttributeValue>>;
}

export type ChildReply =
  /** The child's modules are loaded. */
  | { readonly type: "ready" }
  | {
      readonly type: "opened";
      readonly inputs: readonly SessionValue[];
      readonly outputs: readonly SessionValue[];
    }
  | { readonly type: "refused"; readonly reason: "hash" | "load" | "memory" }
  | { readonly type: "answer"; readonly name: string; readonly answer: CaseAnswer; readonly timing: CaseTiming }
  | {
      readonly type: "failed";
      readonly name: string;
      readonly code: FailureCode;
      /** Made of our own words and numbers only. */
      readonly message: string;
      readonly timing: CaseTiming;
    }
  /** A file of the case is not the one in the index: the run stops. */
  | { readonly type: "changed"; readonly name: string; readonly path: string }
  | { readonly type: "tested"; readonly largestDifference: number | null; readonly problem: string | null }
  | { readonly type: "probed"; readonly probes: Readonly<Record<string, boolean>> };

/** An input or output as ONNX Runtime sees it. */
export interface SessionValue {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | string)[];
}
