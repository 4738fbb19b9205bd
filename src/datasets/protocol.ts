/** The protocol in force for a test set: the one frozen in its seal, else protocol.yaml over the task profile's defaults. */
import { stat } from "node:fs/promises";
import { fail } from "../contract/errors.js";
import { protocol, type EffectiveProtocol, type Protocol } from "../contract/protocol.js";
import { seal } from "../contract/seal.js";
import { metricByName } from "../metrics/index.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readJson, readYaml } from "../storage/documents.js";
import { effectiveProtocol, isOfPatients } from "../tasks/effective-protocol.js";
import type { TaskProfile } from "../tasks/profile.js";
import { taskProfile } from "../tasks/profiles/index.js";
import { readCard } from "./card.js";
import { partOf } from "./folder.js";
import { refuseLimitsOutOfRange } from "./protocol-limits.js";
import { truthState } from "./truth-state.js";

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Sections that would change nothing: whoever wrote them takes them for rules of the test. */
function refuseIdleSections(written: Protocol, profile: TaskProfile, file: string): void {
  if (written.segmentation && !profile.defaults.segmentation)
    fail("DOCUMENT_INVALID", `${file}: the answers of ${profile.id} are not masks`, {
      file,
      pointer: "/segmentation",
      hint: "Leave `segmentation` out.",
    });
  if (written.absentCases === "no-findings" && profile.form !== "detection")
    fail(
      "DOCUMENT_INVALID",
      `${file}: absentCases no-findings is for detection: nothing found is an answer there alone`,
      {
        file,
        pointer: "/absentCases",
        hint: "Leave `absentCases` out and give a line for every case; one that could not be processed has the status `failed`.",
      },
    );
  const mode = written.compatibility ?? profile.defaults.compatibility;
  if (written.match && mode !== "none")
    fail("DOCUMENT_INVALID", `${file}: compatibility ${mode} has match rules of its own`, {
      file,
      pointer: "/match",
      hint: "Leave `match` out, or say `compatibility: none`.",
    });
}

/** Where cases take the place of patients, nothing is known of patients. */
function refusePatientsUnknown(
  { intervals, metrics, primary, comparison, acceptance }: EffectiveProtocol,
  file: string,
): void {
  if (intervals.cluster !== "case") return;
  const named = [
    ["/primary", [primary]],
    ["/metrics", metrics],
    ["/comparison/metrics", comparison.metrics],
    ["/acceptance", acceptance.map(({ metric }) => metric)],
  ] as const;
  for (const [pointer, names] of named) {
    const name = names.find(isOfPatients);
    if (name !== undefined)
      fail("DOCUMENT_INVALID", `${file}: ${name} counts patients, but intervals.cluster is case`, {
        file,
        pointer,
        hint: "Say `cluster: patient`, or name the metric of images or lesions: with cases in the place of patients both would be the same.",
      });
  }
}

/**
 * The effective protocol and its hash. A sealed set keeps the protocol of its seal, whatever protocol.yaml says now.
 * @throws TASK_UNKNOWN, METRIC_UNKNOWN (the primary one, those with limits), DOCUMENT_*; TRUTH_TAMPERED when the seal's protocol does not have the hash beside it
 */
export async function effectiveProtocolOf(
  folder: string,
): Promise<{ protocol: EffectiveProtocol; protocolHash: string }> {
  if ((await truthState(folder)) === "sealed") {
    const file = partOf(folder, "seal");
    const sealed = await readJson(file, seal);
    if (hashDocument(sealed.protocol) !== sealed.protocolHash)
      fail("TRUTH_TAMPERED", `the protocol in ${file} was changed after sealing`, { file, pointer: "/protocol" });
    return { protocol: sealed.protocol, protocolHash: sealed.protocolHash };
  }
  const { card } = await readCard(folder);
  const file = partOf(folder, "protocol");
  const written = (await exists(file)) ? await readYaml(file, protocol) : null;
  if (written && written.task !== card.task)
    fail("DOCUMENT_INVALID", `${file}: the protocol is for ${written.task}, the card says ${card.task}`, {
      file,
      pointer: "/task",
    });
  const profile = taskProfile(card.task);
  if (written) refuseIdleSections(written, profile, file);
  const effective = effectiveProtocol(profile, written);
  refusePatientsUnknown(effective, file);
  if (metricByName(effective.primary).definition.higherIsBetter === null)
    fail("DOCUMENT_INVALID", `${file}: ${effective.primary} is best in between and can't be the primary metric`, {
      file,
      pointer: "/primary",
      hint: "Choose a metric of which more, or less, is better; this one may stand in `metrics`.",
    });
  refuseLimitsOutOfRange(effective, file);
  return { protocol: effective, protocolHash: hashDocument(effective) };
}
