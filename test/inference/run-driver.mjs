/**
 * Runs medassay's `run` in a process of its own that tests can kill: node run-driver.mjs '<options as JSON>'.
 * `killAt` {write, how}: dies by SIGKILL at that write of the process, before, in the middle of, or after it.
 */
import { open } from "node:fs/promises";

const { killAt, ...options } = JSON.parse(process.argv[2]);
if (killAt) {
  const handle = await open("/dev/null");
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const append = prototype.appendFile;
  const die = () => process.kill(process.pid, "SIGKILL");
  let writes = 0;
  prototype.appendFile = async function (data, ...rest) {
    if (++writes !== killAt.write) return append.call(this, data, ...rest);
    if (killAt.how === "before") die();
    if (killAt.how === "half") {
      const bytes = Buffer.from(data);
      await append.call(this, bytes.subarray(0, Math.ceil(bytes.length / 2)));
      die();
    }
    await append.call(this, data, ...rest);
    die();
  };
}
const { run } = await import("../../dist/src/inference/run.js");
const { answerRules } = await import("../../dist/src/tasks/answer-labels.js");
const { taskProfile } = await import("../../dist/src/tasks/profiles/index.js");
// Functions don't come through JSON.
const answers = answerRules(taskProfile(options.protocol.task));
const stop = new AbortController();
process.on("SIGINT", () => stop.abort());
try {
  const document = await run({ ...options, answers, signal: stop.signal });
  process.stdout.write(`${JSON.stringify({ submissions: document.submissions.length })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ code: error.code ?? String(error), exit: error.exit })}\n`);
  process.exitCode = error.exit ?? 70;
}
