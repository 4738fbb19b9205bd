/**
 * Coverage of every interval that medassay offers, as docs/coverage.md. Usage: node bench/coverage/run.mjs [workers] [study ...]
 * (after `npm run build`; two workers at most). What is computed is kept by setting in .cache/coverage and computed again only
 * when the method's files have changed; the numbers don't depend on the number of workers.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { pageOf } from "./page.mjs";
import { studies } from "./studies.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, ".cache/coverage");
const [first = "2", ...names] = process.argv.slice(2);
const workers = Math.min(2, Math.max(1, Number(first)));

const digest = (...parts) => createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);

/** Where the result of a setting is kept: a name that changes with the study's code and with its methods. */
function fileOf({ study, by }, setting) {
  const own = { enumeration: "enumeration", simulation: "simulation", resampling: "bootstrap" }[by];
  const code = [
    ...study.modules.map((name) => join(root, "dist/src/stats", `${name}.js`)),
    ...(by === "resampling" ? [join(root, "bench/coverage", `${own}.mjs`)] : []),
  ].map((path) => readFileSync(path, "utf8"));
  const text = [study.how, String(study.run), String(study.draw ?? ""), ...study.methods.map(({ name }) => name)];
  return join(cache, `${study.id}-${digest(...code, ...text, JSON.stringify(setting))}.json`);
}

mkdirSync(cache, { recursive: true });
const asked = names.length === 0 ? studies : studies.filter(({ study }) => names.includes(study.id));
const jobs = asked.flatMap((entry) =>
  entry.study.settings.map((setting) => ({ id: entry.study.id, setting, file: fileOf(entry, setting) })),
);
const open = jobs.filter(({ file }) => !existsSync(file));
console.log(`${jobs.length} settings, ${jobs.length - open.length} kept, ${open.length} to compute`);

let done = 0;
await Promise.all(
  Array.from({ length: Math.min(workers, open.length) }, async () => {
    const worker = new Worker(new URL("worker.mjs", import.meta.url));
    for (let job = open.shift(); job !== undefined; job = open.shift()) {
      worker.postMessage({ study: job.id, setting: job.setting });
      const [answer] = await once(worker, "message");
      writeFileSync(job.file, JSON.stringify(answer));
      done++;
      if (done % 20 === 0) console.log(`${done} computed, last ${job.id}`);
    }
    await worker.terminate();
  }),
);

const results = studies.map((entry) => ({
  ...entry,
  results: entry.study.settings
    .map((setting) => fileOf(entry, setting))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, "utf8"))),
}));
const missing = results.filter(({ study, results }) => results.length < study.settings.length);
if (missing.length > 0) console.log(`not complete, no page: ${missing.map(({ study }) => study.id).join(", ")}`);
else {
  writeFileSync(join(root, "docs/coverage.md"), pageOf(results));
  console.log("docs/coverage.md written");
}
