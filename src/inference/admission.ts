/** Admission of a submission: judged without running it, then its session is made in a short-lived child and its own tests run. */
import { realpath } from "node:fs/promises";
import { fail } from "../contract/errors.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import { failStorage } from "../storage/errors.js";
import { judgeDeclaration, judgeSubmission, type AdmittedSubmission } from "../submissions/admit.js";
import { ChildEnded, ChildProcessOfModel } from "./child-process.js";
import type { Isolation } from "./isolation.js";
import { memoryMbOf, openRequest } from "./model-requests.js";
import { postprocessOperations, preprocessOperations } from "./operations/index.js";

export interface AdmissionOptions {
  readonly isolation: Isolation;
  readonly deadlines: EffectiveProtocol["deadlines"];
  /** What the cases are. */
  readonly kind: "volume" | "image";
}

/**
 * Admits a submission's folder, or refuses it.
 * @throws what {@link judgeSubmission} throws; SUBMISSION_SESSION_FAILED, SUBMISSION_SESSION_TIMEOUT, SUBMISSION_TEST_FAILED
 */
export async function admit(folder: string, options: AdmissionOptions): Promise<AdmittedSubmission> {
  // Sandboxes show absolute paths without links only.
  const real = await realpath(folder).catch((error: unknown) => failStorage(error, folder, true));
  const admitted = await judgeSubmission(real, {
    preprocess: preprocessOperations,
    postprocess: postprocessOperations,
  });
  const { manifest, modelFile } = admitted;
  const memoryMb = memoryMbOf(manifest);
  const read = [modelFile, ...admitted.tests.flatMap((test) => [test.input, test.output])];
  const child = await ChildProcessOfModel.start(options.isolation.plan({ read, memoryMb }), memoryMb);
  try {
    const reply = await child.request(openRequest(admitted, options.kind), options.deadlines.createSeconds * 1000);
    if (reply.type !== "opened")
      fail("SUBMISSION_SESSION_FAILED", `${modelFile}: ${refusal(reply.type === "refused" ? reply.reason : "load")}`, {
        file: modelFile,
      });
    judgeDeclaration(manifest, reply, `${real}/submission.yaml`);
    for (const [index, test] of admitted.tests.entries()) {
      const tested = await child.request({ type: "test", ...test }, options.deadlines.caseSeconds * 1000);
      if (tested.type !== "tested" || tested.problem !== null)
        fail(
          "SUBMISSION_TEST_FAILED",
          `test ${index + 1}: ${tested.type === "tested" ? tested.problem : "no answer"}`,
          {
            file: test.output,
          },
        );
    }
    return admitted;
  } catch (error) {
    if (!(error instanceof ChildEnded)) throw error;
    if (error.code === "MODEL_TIMEOUT")
      fail("SUBMISSION_SESSION_TIMEOUT", `${modelFile}: ${error.message}`, { file: modelFile, cause: error });
    fail("SUBMISSION_SESSION_FAILED", `${modelFile}: ${error.message}`, { file: modelFile, cause: error });
  } finally {
    await child.end();
  }
}

function refusal(reason: "hash" | "load" | "memory"): string {
  if (reason === "hash") return "the file changed while it was admitted";
  if (reason === "memory") return "loading the model takes more memory than it is given";
  return "ONNX Runtime refuses the model";
}
