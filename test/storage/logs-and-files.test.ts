import { appendFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { opening, type Opening } from "../../src/contract/seal.js";
import { produceFile, writeFileAtomic } from "../../src/storage/atomic.js";
import { canonicalJson, hashDocument } from "../../src/storage/canonical-json.js";
import { appendChain, readChain } from "../../src/storage/chained-log.js";
import { hashFile, sha256 } from "../../src/storage/hashing.js";
import { Journal } from "../../src/storage/journal.js";
import { resolveInside } from "../../src/storage/paths.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "medassay-storage-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const entry = (reason: string): Omit<Opening, "n" | "previous"> => ({
  at: "2026-01-31T09:00:00Z",
  command: "evaluate",
  reason,
  run: null,
});

describe("a chained log", () => {
  const log = () => join(folder, "openings.jsonl");

  it("numbers its lines and chains them by hash", async () => {
    const first = await appendChain(log(), opening, entry("one"));
    const second = await appendChain(log(), opening, entry("two"));
    expect([first.n, first.previous, second.n, second.previous]).toEqual([1, null, 2, hashDocument(first)]);
    expect(await readChain(log(), opening)).toEqual([first, second]);
    expect(await readdir(folder)).toEqual(["openings.jsonl"]);
  });

  it("is empty where there is no file", async () => {
    expect(await readChain(log(), opening)).toEqual([]);
  });

  it.each([
    ["edited", (lines: string[]) => lines.map((line) => line.replace("one", "won"))],
    ["removed", (lines: string[]) => lines.slice(1)],
    ["exchanged", ([a = "", b = "", ...rest]: string[]) => [b, a, ...rest]],
  ])("notices a line that was %s, and refuses to go on", async (_what, change) => {
    for (const reason of ["one", "two", "three"]) await appendChain(log(), opening, entry(reason));
    const lines = (await readFile(log(), "utf8")).trimEnd().split("\n");
    await writeFile(log(), `${change(lines).join("\n")}\n`);
    await expect(readChain(log(), opening)).rejects.toMatchObject({ code: "LOG_CHAIN_BROKEN", exit: 5 });
    await expect(appendChain(log(), opening, entry("four"))).rejects.toMatchObject({ code: "LOG_CHAIN_BROKEN" });
  });

  it("goes on after a line whose writing was interrupted", async () => {
    await appendChain(log(), opening, entry("one"));
    await appendFile(log(), '{"at":"2026-01-31T09:0');
    expect(await readChain(log(), opening)).toHaveLength(1);
    await appendChain(log(), opening, entry("two"));
    expect((await readChain(log(), opening)).map(({ reason }) => reason)).toEqual(["one", "two"]);
  });

  it("keeps every line when many are appended at once", async () => {
    await Promise.all(Array.from({ length: 12 }, (_, at) => appendChain(log(), opening, entry(`r${at}`))));
    const lines = await readChain(log(), opening);
    expect(new Set(lines.map(({ reason }) => reason)).size).toBe(12);
  });

  it("takes over the lock of a process that is gone", async () => {
    await writeFile(`${log()}.lock`, "999999999");
    expect((await appendChain(log(), opening, entry("one"))).n).toBe(1);
  });
});

describe("a journal", () => {
  it("gives back its entries and cuts off a torn tail", async () => {
    const file = join(folder, "journal.jsonl");
    const { journal } = await Journal.open(file);
    await journal.append({ case: "a" });
    await journal.append({ case: "b" });
    await journal.close();
    const whole = await readFile(file);
    for (const torn of ['0123456789abcdef {"case"', "\u0000\u0000\u0000", whole.toString().slice(0, 5)]) {
      await writeFile(file, Buffer.concat([whole, Buffer.from(torn)]));
      const opened = await Journal.open(file);
      expect(opened.entries).toEqual([{ case: "a" }, { case: "b" }]);
      await opened.journal.append({ case: "c" });
      await opened.journal.close();
      const again = await Journal.open(file);
      expect(again.entries).toHaveLength(3);
      await again.journal.close();
    }
  });

  it("refuses a damaged line before its end", async () => {
    const file = join(folder, "journal.jsonl");
    const { journal } = await Journal.open(file);
    for (const name of ["a", "b", "c"]) await journal.append({ case: name });
    await journal.close();
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"b"', '"x"'));
    await expect(Journal.open(file)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT", line: 2 });
  });
});

describe("files that appear whole", () => {
  it("replaces a file and leaves nothing beside it", async () => {
    const file = join(folder, "deep", "a.txt");
    await writeFileAtomic(file, "one");
    await writeFileAtomic(file, "two");
    expect(await readFile(file, "utf8")).toBe("two");
    expect(await readdir(join(folder, "deep"))).toEqual(["a.txt"]);
  });

  it("keeps the old content when the new one fails", async () => {
    const file = join(folder, "a.txt");
    await writeFileAtomic(file, "one");
    const failing = produceFile(file, async (temporary) => {
      await writeFile(temporary, "half");
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    });
    await expect(failing).rejects.toMatchObject({ code: "STORAGE_FULL", exit: 74, file });
    expect(await readFile(file, "utf8")).toBe("one");
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  it("says which file can't be written", async () => {
    const file = join(folder, "a.txt");
    await writeFileAtomic(file, "a file where a folder was wanted");
    await expect(writeFileAtomic(join(file, "b"), "x")).rejects.toMatchObject({
      code: "STORAGE_NOT_WRITABLE",
      exit: 74,
      file: join(file, "b"),
    });
  });
});

describe("canonical JSON and hashes", () => {
  // RFC 8785, section 3.2.2 and 3.2.3.
  it("writes the example of RFC 8785", () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts keys by UTF-16 units and leaves out what is undefined", () => {
    expect(canonicalJson({ "\ufb33": 1, "\u20ac": 2, "\r": 3, "1": 4, "😀": 5, "\u0080": 6, ö: 7, z: undefined })).toBe(
      '{"\\r":3,"1":4,"\u0080":6,"ö":7,"€":2,"😀":5,"\ufb33":1}',
    );
  });

  it("refuses what has no JSON form", () => {
    expect(() => canonicalJson({ a: NaN })).toThrow(TypeError);
    expect(() => canonicalJson([Infinity])).toThrow(TypeError);
  });

  it("hashes a file like its bytes (FIPS 180-4 example)", async () => {
    const file = join(folder, "abc");
    await writeFile(file, "abc");
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(sha256("abc")).toBe(expected);
    expect(await hashFile(file)).toEqual({ sha256: expected, bytes: 3 });
  });
});

describe("paths of documents", () => {
  it("resolves a plain path", async () => {
    await writeFile(join(folder, "a.txt"), "");
    expect(await resolveInside(folder, "a.txt")).toBe(join(folder, "a.txt"));
  });

  it.each(["../a", "/etc/passwd", "a/../../b", "./a", "a//b", "a\\b", "", "a\u0000b"])("refuses %j", async (path) => {
    await expect(resolveInside(folder, path)).rejects.toMatchObject({ code: "PATH_UNSAFE" });
  });

  it("refuses links on the way and at the end", async () => {
    await symlink("/etc", join(folder, "link"));
    await expect(resolveInside(folder, "link")).rejects.toMatchObject({ code: "PATH_UNSAFE" });
    await expect(resolveInside(folder, "link/passwd")).rejects.toMatchObject({ code: "PATH_UNSAFE" });
  });
});
