/** What a process that runs a model can reach, by the level that was measured. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { ChildProcessOfModel } from "../../src/inference/child-process.js";
import { encodeFrame, FrameDecoder, maxFrameBytes } from "../../src/inference/frames.js";
import { demandIsolation, measureIsolation, type Isolation } from "../../src/inference/isolation.js";
import { seccompProgram } from "../../src/inference/seccomp.js";
import { temporaryFolder } from "./fixtures.js";

const folder = temporaryFolder();
const images = join(folder, "images");
mkdirSync(images);
mkdirSync(join(folder, "truth"));
writeFileSync(join(folder, "truth", "reference.jsonl"), "secret");

/** The isolation, or null with a line in the log where this machine can't give it. */
async function measured(method: "bubblewrap" | "unshare" | "other-user" | "plain"): Promise<Isolation | null> {
  try {
    return await measureIsolation(images, [method]);
  } catch (error) {
    if (!(error instanceof MedassayError) || error.code !== "INFERENCE_CHILD_FAILED") throw error;
    process.stdout.write(`isolation by ${method} is not possible here: not tested\n`);
    return null;
  }
}

describe("a child", () => {
  test("in bubblewrap reads nothing but what it needs, writes nothing, reaches no network", async () => {
    const isolation = await measured("bubblewrap");
    if (!isolation) return;
    expect(isolation).toMatchObject({
      level: "L3",
      probes: { readOutside: false, writeOutside: false, connect: false },
    });
    const child = await ChildProcessOfModel.start(isolation.plan({ read: [images], memoryMb: 1024 }));
    try {
      const truth = join(folder, "truth", "reference.jsonl");
      const places = [truth, "/etc/passwd", "/usr/bin/env", join(process.cwd(), "package-lock.json")];
      for (const read of places) {
        const writes = [join(images, "x"), "/x", "/dev/x"];
        for (const write of writes) {
          const reply = await child.request({ type: "probe", read, write, port: 1, see: images }, 20_000);
          expect(reply).toMatchObject({ probes: { readOutside: false, writeOutside: false, seeCases: true } });
        }
      }
    } finally {
      await child.end();
    }
  });

  test("in namespaces reaches no network, but reads", async () => {
    const isolation = await measured("unshare");
    if (!isolation) return;
    expect(isolation).toMatchObject({ level: "L2", probes: { readOutside: true, connect: false } });
  });

  test("that is only limited is called L0, and a protocol that wants more refuses it", async () => {
    const isolation = await measureIsolation(images, ["plain"]);
    expect(isolation).toMatchObject({ level: "L0", probes: { readOutside: true, connect: true } });
    demandIsolation(isolation, "L0");
    expect(() => demandIsolation(isolation, "L1")).toThrowError(
      expect.objectContaining({ code: "ISOLATION_TOO_WEAK" }) as Error,
    );
  });

  test("is not given our environment", async () => {
    const isolation = await measureIsolation(images, ["plain"]);
    const { env } = isolation.plan({ read: [], memoryMb: 1024 });
    expect(
      Object.keys(env).filter(
        (name) => !/^(PATH|HOME|TMPDIR|LANG|ORT_DISABLE_TELEMETRY|VIPS_CONCURRENCY|MEDASSAY_WATCH_PARENT)$/.test(name),
      ),
    ).toEqual([]);
    expect(env.ORT_DISABLE_TELEMETRY).toBe("1");
  });
});

test("the seccomp program checks the architecture first, ends in allow, and exists for x86-64 alone", () => {
  expect(seccompProgram("arm64")).toBeNull();
  const program = seccompProgram("x64") as Buffer;
  expect(program.length % 8).toBe(0);
  const instruction = (index: number) => [program.readUInt16LE(index * 8), program.readUInt32LE(index * 8 + 4)];
  expect(instruction(0)).toEqual([0x20, 4]);
  expect(instruction(1)).toEqual([0x15, 0xc000003e]);
  expect(instruction(program.length / 8 - 1)).toEqual([0x06, 0x7fff0000]);
});

describe("frames", () => {
  test("come whole out of pieces of any size", () => {
    const messages = [{ a: 1 }, { text: "肺结节" }, { list: new Array(1000).fill(7) }];
    const bytes = Buffer.concat(messages.map(encodeFrame));
    for (const size of [1, 3, 1000, bytes.length]) {
      const decoder = new FrameDecoder();
      const got: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) got.push(...decoder.push(bytes.subarray(at, at + size)));
      expect(got).toEqual(messages);
    }
  });
  test("beyond the limit, or without JSON, are errors before memory is taken", () => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(maxFrameBytes + 1);
    expect(() => new FrameDecoder().push(head)).toThrow(RangeError);
    expect(() => new FrameDecoder().push(Buffer.from([1, 0, 0, 0, 0x7b]))).toThrow(SyntaxError);
  });
});
