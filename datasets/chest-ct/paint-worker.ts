/** A thread that paints patients: gets plans, writes DICOM series, answers with the readings. */
import { parentPort } from "node:worker_threads";
import { paintPatient } from "./paint-patient.js";
import type { PatientPlan } from "./plan.js";

parentPort?.on("message", ({ plan, images }: { plan: PatientPlan; images: string }) => {
  try {
    parentPort?.postMessage({ result: paintPatient(plan, images) });
  } catch (error) {
    parentPort?.postMessage({ error: String(error) });
  }
});
