/** All task profiles by id. A new task is one file in this folder and one line here. */
import { fail } from "../../contract/errors.js";
import type { TaskProfile } from "../profile.js";
import { drGrading } from "./dr-grading.js";
import { ecgBeats } from "./ecg-beats.js";
import { ecgDiagnosis } from "./ecg-diagnosis.js";
import { lungNoduleDetection } from "./lung-nodule-detection.js";

export const taskProfiles: Readonly<Record<string, TaskProfile>> = {
  [lungNoduleDetection.id]: lungNoduleDetection,
  [drGrading.id]: drGrading,
  [ecgBeats.id]: ecgBeats,
  [ecgDiagnosis.id]: ecgDiagnosis,
};

/** The profile of a task. @throws TASK_UNKNOWN */
export function taskProfile(id: string): TaskProfile {
  return (
    taskProfiles[id] ??
    fail("TASK_UNKNOWN", `there is no task "${id}"`, { hint: `Tasks: ${Object.keys(taskProfiles).join(", ")}.` })
  );
}
