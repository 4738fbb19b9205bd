/** What a submission asks of its child: the request that opens its model, and the memory it is given. */
import type { OnnxSubmission } from "../contract/submission.js";
import type { AdmittedSubmission } from "../submissions/admit.js";
import type { ChildRequest } from "./messages.js";

/** Writable private memory of a child, where the manifest asks for nothing. */
const usualMemoryMb = 4096;

export function memoryMbOf(manifest: OnnxSubmission): number {
  // Node, ONNX Runtime and the decoded case come on top of what the model needs.
  return Math.max(usualMemoryMb, (manifest.resources?.memoryMb ?? 0) + 1024);
}

export function openRequest(admitted: AdmittedSubmission, kind: "volume" | "image"): ChildRequest {
  const { manifest, modelFile } = admitted;
  return {
    type: "open",
    model: { path: modelFile, sha256: manifest.model.sha256 },
    inputs: manifest.inputs,
    outputs: manifest.outputs,
    postprocess: manifest.postprocess,
    kind,
  };
}
