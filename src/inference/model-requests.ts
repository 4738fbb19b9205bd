/** What a submission asks of its child: the request that opens its model, and the memory it is given. */
import type { OnnxSubmission } from "../contract/submission.js";
import type { AdmittedSubmission } from "../submissions/admit.js";
import type { ChildRequest } from "./messages.js";

/** Writable private memory of a child, MiB, where the manifest declares nothing. */
const usualMemoryMb = 4096;
/** What Node, ONNX Runtime and a decoded case take beside the model. */
const ownMemoryMb = 1024;

/** What the manifest declares for the model, and our own share on top. */
export function memoryMbOf(manifest: OnnxSubmission): number {
  const declared = manifest.resources?.memoryMb;
  return declared === undefined ? usualMemoryMb : declared + ownMemoryMb;
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
