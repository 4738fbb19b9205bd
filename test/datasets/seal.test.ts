import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../src/datasets/check.js";
import { attemptNumber, recordRelease } from "../../src/datasets/releases.js";
import { open, seal, type SealStep } from "../../src/datasets/seal.js";
import { openTruth, type Opening } from "../../src/datasets/truth.js";
import { truthState } from "../../src/datasets/truth-state.js";
import { effectiveProtocolOf } from "../../src/datasets/protocol.js";
import { generateKeyPair, readEncryptedArchive, writeEncryptedArchive } from "../../src/storage/encrypted-archive.js";
import { referenceLine, sphere, testFolder, writeSet } from "./fixtures.js";

const folder = testFolder();
const how = (more: Partial<Opening> = {}): Opening => ({
  command: "evaluate",
  reason: "a test",
  run: "run-1",
  openAllowed: false,
  ...more,
});

/** A checked set of two cases, its truth still open. */
async function checkedSet(): Promise<string> {
  const set = join(folder(), "set");
  await mkdir(set);
  await writeSet(set, {
    cases: [{ id: "c1", patient: "p1" }, { id: "c2" }],
    reference: [referenceLine("c1", [sphere("f1", [1, 2, 3], 7)]), referenceLine("c2")],
  });
  await check(set);
  return set;
}

async function sealedSet() {
  const set = await checkedSet();
  const key = await generateKeyPair();
  const document = await seal(set, { recipients: [key.recipient] });
  return { set, key: key.identity, recipient: key.recipient, document };
}

const openings = async (set: string) =>
  (await readFile(join(set, "openings.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { n: number });

describe("sealing", () => {
  it("locks the truth, and the key opens it again with the same content", async () => {
    const { set, key, document } = await sealedSet();
    expect((await readdir(set)).sort()).toEqual(["cases.csv", "dataset.yaml", "index.json", "seal.json", "truth.age"]);
    expect(await truthState(set)).toBe("sealed");
    const truth = await openTruth(set, how({ key }));
    expect(truth.open).toBe(false);
    expect(truth.commitment).toBe(document.truthCommitment);
    expect([...truth.reference.keys()]).toEqual(["c1", "c2"]);
    expect(truth.reference.get("c1")?.findings[0]?.geometry).toEqual({
      type: "sphere",
      center: [1, 2, 3],
      diameterMm: 7,
    });
    expect(existsSync(join(set, "truth"))).toBe(false);
  });

  it("commits to the same truth differently each time, so that nobody can guess it from the seal", async () => {
    const first = await sealedSet();
    await open(first.set, { key: first.key, reason: "again" });
    const again = await seal(first.set, { recipients: [first.recipient] });
    expect(again.truthCommitment).not.toBe(first.document.truthCommitment);
    expect(again.indexHash).toBe(first.document.indexHash);
  });

  it("freezes the protocol: what protocol.yaml says later does not count", async () => {
    const { set, document } = await sealedSet();
    await writeFile(
      join(set, "protocol.yaml"),
      "schema: medassay/protocol/1\ntask: lung-nodule-detection\nmaxFailedCases: 0.5\n",
    );
    expect(await effectiveProtocolOf(set)).toEqual({
      protocol: document.protocol,
      protocolHash: document.protocolHash,
    });
    const text = await readFile(join(set, "seal.json"), "utf8");
    await writeFile(join(set, "seal.json"), text.replace('"maxFailedCases": 0.05', '"maxFailedCases": 0.5'));
    await expect(effectiveProtocolOf(set)).rejects.toMatchObject({ code: "TRUTH_TAMPERED", exit: 5 });
  });

  it.each(["checked", "encrypted", "committed", "renamed", "removed"] as const)(
    "loses nothing when it dies after the step `%s`, and finishes when called again",
    async (dies: SealStep) => {
      const set = await checkedSet();
      const key = await generateKeyPair();
      const dying = seal(set, {
        recipients: [key.recipient],
        onProgress: (step) => {
          if (step === dies) throw new Error("killed");
        },
      });
      await expect(dying).rejects.toThrow("killed");
      if (dies !== "removed") expect(await truthState(set)).toBe("open");
      const document = await seal(set, { recipients: [key.recipient] });
      expect(await truthState(set)).toBe("sealed");
      const truth = await openTruth(set, how({ key: key.identity }));
      expect(truth.commitment).toBe(document.truthCommitment);
      expect(truth.reference.size).toBe(2);
    },
  );

  it("finishes a removal that stopped in the middle", async () => {
    const { set, key } = await sealedSet();
    await mkdir(join(set, ".medassay-truth-removed"));
    await writeFile(join(set, ".medassay-truth-removed", "reference.jsonl"), "half");
    expect(await truthState(set)).toBe("open");
    await seal(set, { recipients: [] });
    expect(await truthState(set)).toBe("sealed");
    expect((await openTruth(set, how({ key }))).reference.size).toBe(2);
  });

  it("refuses a set without truth, without check, and one whose card changed since", async () => {
    const set = await checkedSet();
    const { recipient } = await generateKeyPair();
    const card = await readFile(join(set, "dataset.yaml"), "utf8");
    await writeFile(join(set, "dataset.yaml"), card.replace("owner: owner", "owner: another"));
    await expect(seal(set, { recipients: [recipient] })).rejects.toMatchObject({ code: "DATASET_NOT_CHECKED" });
    await rm(join(set, "index.json"));
    await expect(seal(set, { recipients: [recipient] })).rejects.toMatchObject({ code: "DATASET_NOT_CHECKED" });
    await rm(join(set, "truth"), { recursive: true });
    await expect(seal(set, { recipients: [recipient] })).rejects.toMatchObject({ code: "TRUTH_MISSING" });
  });
});

describe("opening", () => {
  it("is logged before anything is decrypted, also with a wrong key", async () => {
    const { set, key } = await sealedSet();
    await openTruth(set, how({ key }));
    const stranger = await generateKeyPair();
    await expect(openTruth(set, how({ key: stranger.identity }))).rejects.toMatchObject({ code: "DECRYPT_FAILED" });
    expect((await openings(set)).map(({ n }) => n)).toEqual([1, 2]);
  });

  it("needs a key", async () => {
    const { set } = await sealedSet();
    await expect(openTruth(set, how())).rejects.toMatchObject({ code: "TRUTH_KEY_MISSING", exit: 2 });
  });

  it("does not happen where the log can't be written", async () => {
    const { set, key } = await sealedSet();
    await mkdir(join(set, "openings.jsonl"));
    await expect(openTruth(set, how({ key }))).rejects.toMatchObject({ exit: 74 });
  });

  it("does not happen where the log was edited", async () => {
    const { set, key } = await sealedSet();
    for (const reason of ["one", "two"]) await openTruth(set, how({ key, reason }));
    const file = join(set, "openings.jsonl");
    await writeFile(file, (await readFile(file, "utf8")).replace("one", "none"));
    await expect(openTruth(set, how({ key }))).rejects.toMatchObject({ code: "LOG_CHAIN_BROKEN", exit: 5 });
  });

  it.each(["first", "middle", "last"] as const)("notices a changed byte of truth.age (%s)", async (place) => {
    const { set, key } = await sealedSet();
    const file = join(set, "truth.age");
    const bytes = await readFile(file);
    const at = { first: 3, middle: bytes.length >> 1, last: bytes.length - 1 }[place];
    bytes[at] = bytes[at]! ^ 1;
    await writeFile(file, bytes);
    await expect(openTruth(set, how({ key }))).rejects.toMatchObject({ code: "TRUTH_TAMPERED", exit: 5 });
  });

  it("notices another truth that was encrypted for the same key", async () => {
    const { set, key, recipient } = await sealedSet();
    const file = join(set, "truth.age");
    const files = await readEncryptedArchive(file, key);
    const reference = files.get("truth/reference.jsonl") as Buffer;
    files.set("truth/reference.jsonl", Buffer.from(reference.toString().replace('"diameterMm":7', '"diameterMm":9')));
    await writeEncryptedArchive(
      file,
      [...files].map(([path, content]) => ({ path, content: () => Promise.resolve(content) })),
      [recipient],
    );
    await expect(openTruth(set, how({ key }))).rejects.toMatchObject({ code: "TRUTH_TAMPERED" });
  });

  it("does not happen beside another index than the sealed one", async () => {
    const { set, key } = await sealedSet();
    const file = join(set, "index.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"patient": "p1"', '"patient": "p2"'));
    await expect(openTruth(set, how({ key }))).rejects.toMatchObject({ code: "DATASET_CHANGED", exit: 5 });
    expect(existsSync(join(set, "openings.jsonl"))).toBe(false);
  });

  it("by its owner puts the truth back, logged, and the set lies open", async () => {
    const { set, key } = await sealedSet();
    await open(set, { key, reason: "correction" });
    expect((await readdir(join(set, "truth"))).sort()).toEqual(["reference.jsonl"]);
    expect(await truthState(set)).toBe("open");
    await expect(openTruth(set, how({ key }))).rejects.toMatchObject({ code: "TRUTH_OPEN" });
    expect(await openTruth(set, how({ openAllowed: true }))).toMatchObject({ open: true, commitment: null });
    expect(await openings(set)).toHaveLength(1);
  });

  it("gives the same truth hash open and sealed", async () => {
    const { set, key } = await sealedSet();
    const sealed = await openTruth(set, how({ key }));
    await open(set, { key, reason: "compare" });
    expect((await openTruth(set, how({ openAllowed: true }))).truthHash).toBe(sealed.truthHash);
  });
});

describe("truth that lies open", () => {
  it.each([
    [
      "a case that is not in the list",
      [referenceLine("c1"), referenceLine("c2"), referenceLine("c9")],
      /:3.*c9.*not in/,
    ],
    ["a case twice", [referenceLine("c1"), referenceLine("c2"), referenceLine("c1")], /:3.*c1.*twice/],
    ["a missing case", [referenceLine("c1")], /1 cases have no reference: c2/],
  ])("is refused with %s", async (_what, lines, message) => {
    const set = await checkedSet();
    await writeFile(join(set, "truth", "reference.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await expect(openTruth(set, how({ openAllowed: true }))).rejects.toMatchObject({
      code: "TRUTH_INVALID",
      message: expect.stringMatching(message),
    });
  });

  it("is missing where neither form is there", async () => {
    const set = await checkedSet();
    await rename(join(set, "truth"), join(folder(), "elsewhere"));
    await expect(openTruth(set, how({ openAllowed: true }))).rejects.toMatchObject({ code: "TRUTH_MISSING", exit: 3 });
  });
});

describe("releases", () => {
  const hash = (digit: string) => digit.repeat(64);
  const facts = (predictions: string, product = "vendor product") => ({
    dataset: "small-set 1",
    product,
    version: "1.0.0.0",
    predictionsHash: hash(predictions),
  });

  it("number attempts by product; the same predictions keep theirs", async () => {
    const release = (predictions: string, result: string, product?: string) =>
      recordRelease(folder(), { ...facts(predictions, product), resultHash: hash(result) }, null);
    expect((await release("a", "1")).attempt).toBe(1);
    expect((await release("b", "2")).attempt).toBe(2);
    expect((await release("a", "3")).attempt).toBe(1);
    expect((await release("a", "1", "another")).attempt).toBe(1);
    expect((await release("a", "1")).n).toBe(1);
    expect(await attemptNumber(folder(), facts("c"), null)).toBe(3);
  });

  it("stop at the limit of the protocol, but not for what was released before", async () => {
    await recordRelease(folder(), { ...facts("a"), resultHash: hash("1") }, 1);
    const second = recordRelease(folder(), { ...facts("b"), resultHash: hash("2") }, 1);
    await expect(second).rejects.toMatchObject({ code: "ATTEMPTS_EXHAUSTED", exit: 4 });
    expect(await attemptNumber(folder(), facts("a"), 1)).toBe(1);
    const lines = (await readFile(join(folder(), "releases.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(1);
  });
});
