/** Computes settings that the main thread names, one at a time. */
import { parentPort } from "node:worker_threads";
import { studies } from "./studies.mjs";

parentPort.on("message", ({ study: id, setting }) => {
  const { study } = studies.find(({ study }) => study.id === id);
  parentPort.postMessage(study.run(setting));
});
