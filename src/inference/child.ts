/**
 * The process that runs one model: the only place that loads ONNX Runtime. Requests come by stdin, replies go to
 * descriptor 3; both are blocking, one case at a time. It ends when its parent closes stdin.
 */
import { readSync, writeSync } from "node:fs";
import { encodeFrame, maxFrameBytes } from "./frames.js";
import type { ChildReply, ChildRequest } from "./messages.js";

// Before ONNX Runtime: no telemetry; the binding does not know the Float16Array of newer Node versions.
process.env.ORT_DISABLE_TELEMETRY = "1";
delete (globalThis as { Float16Array?: unknown }).Float16Array;

function readExactly(length: number): Buffer | null {
  const out = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    let read = 0;
    try {
      read = readSync(0, out, at, length - at, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") continue;
      if ((error as NodeJS.ErrnoException).code === "EOF") return null;
      throw error;
    }
    if (read === 0) return null;
    at += read;
  }
  return out;
}

function nextRequest(): ChildRequest | null {
  const head = readExactly(4);
  if (!head) return null;
  const length = head.readUInt32LE(0);
  if (length > maxFrameBytes) return null;
  const body = readExactly(length);
  return body ? (JSON.parse(body.toString("utf8")) as ChildRequest) : null;
}

function reply(message: ChildReply): void {
  const frame = encodeFrame(message);
  let at = 0;
  while (at < frame.length) {
    try {
      at += writeSync(3, frame, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

/** Where no wrapper ties the child's life to its parent's, a thread watches: the main thread may be blocked in a model. */
async function watchParent(): Promise<void> {
  if (process.env.MEDASSAY_WATCH_PARENT !== "1") return;
  const { Worker } = await import("node:worker_threads");
  const source = `const { ppid } = process; setInterval(() => { if (process.ppid !== ppid) process.kill(process.pid, "SIGKILL"); }, 500);`;
  new Worker(source, { eval: true }).unref();
}

await watchParent();
reply({ type: "ready" });
for (let request = nextRequest(); request; request = nextRequest()) {
  if (request.type === "probe") {
    const { probe } = await import("./probe.js");
    reply(await probe(request));
  } else {
    const { openModel, inferCase, testModel } = await import("./model-session.js");
    if (request.type === "open") reply(await openModel(request));
    else if (request.type === "case") reply(await inferCase(request));
    else reply(await testModel(request));
  }
}
process.exit(0);
