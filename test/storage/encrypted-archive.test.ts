import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Decrypter } from "age-encryption";
import { extract } from "tar-stream";
import { generateKeyPair, readEncryptedArchive, writeEncryptedArchive } from "../../src/storage/encrypted-archive.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "medassay-archive-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const entry = (path: string, content: Buffer | string) => ({ path, content: async () => Buffer.from(content) });
const large = Buffer.alloc(300_000, 7);

async function archive(recipients: string[]): Promise<string> {
  const file = join(folder, "truth.age");
  await writeEncryptedArchive(file, [entry("truth/a.jsonl", "one\n"), entry("truth/masks/b.bin", large)], recipients);
  return file;
}

describe("an encrypted archive", () => {
  it("gives back every file to each of its recipients", async () => {
    const [custodian, owner] = [await generateKeyPair(), await generateKeyPair()];
    const file = await archive([custodian.recipient, owner.recipient]);
    for (const { identity } of [custodian, owner]) {
      const files = await readEncryptedArchive(file, `# created for a test\n${identity}\n`);
      expect([...files.keys()]).toEqual(["truth/a.jsonl", "truth/masks/b.bin"]);
      expect(files.get("truth/a.jsonl")?.toString()).toBe("one\n");
      expect(files.get("truth/masks/b.bin")?.equals(large)).toBe(true);
    }
  });

  it("is an ordinary age file over an ordinary tar", async () => {
    const { identity, recipient } = await generateKeyPair();
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const bytes = await readFile(await archive([recipient]));
    expect(bytes.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
    const names: string[] = [];
    const extractor = extract();
    extractor.end(Buffer.from(await decrypter.decrypt(bytes)));
    for await (const found of extractor) {
      names.push(found.header.name);
      found.resume();
    }
    expect(names).toEqual(["truth/a.jsonl", "truth/masks/b.bin"]);
  });

  it("holds no plain byte of its content", async () => {
    const { recipient } = await generateKeyPair();
    const bytes = await readFile(await archive([recipient]));
    expect(bytes.includes("truth/")).toBe(false);
    expect(bytes.includes(Buffer.alloc(64, 7))).toBe(false);
  });

  it("refuses a stranger's key and what is no key", async () => {
    const { recipient } = await generateKeyPair();
    const file = await archive([recipient]);
    const stranger = await generateKeyPair();
    await expect(readEncryptedArchive(file, stranger.identity)).rejects.toMatchObject({ code: "DECRYPT_FAILED" });
    await expect(readEncryptedArchive(file, "secret")).rejects.toMatchObject({ code: "DECRYPT_FAILED" });
    await expect(readEncryptedArchive(file, "# nothing\n")).rejects.toMatchObject({ code: "DECRYPT_FAILED" });
  });

  it.each([
    ["the body", -50_000],
    ["the last chunk", -3],
    ["the header", 30],
  ])("notices one changed byte in %s", async (_place, at) => {
    const { identity, recipient } = await generateKeyPair();
    const file = await archive([recipient]);
    const bytes = await readFile(file);
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = bytes[index]! ^ 1;
    await writeFile(file, bytes);
    await expect(readEncryptedArchive(file, identity)).rejects.toMatchObject({
      code: expect.stringMatching(/^(TRUTH_TAMPERED|DECRYPT_FAILED)$/),
    });
  });

  it("notices that it was cut", async () => {
    const { identity, recipient } = await generateKeyPair();
    const file = await archive([recipient]);
    const bytes = await readFile(file);
    for (const length of [bytes.length - 1, bytes.length - 100_000, 100]) {
      await writeFile(file, bytes.subarray(0, length));
      await expect(readEncryptedArchive(file, identity)).rejects.toMatchObject({ code: "TRUTH_TAMPERED" });
    }
  });

  it.each(["../outside", "/etc/x", "a/../../b", "a\\b"])("refuses an entry named %s", async (path) => {
    const { identity, recipient } = await generateKeyPair();
    const file = join(folder, "bad.age");
    await writeEncryptedArchive(file, [entry(path, "x")], [recipient]);
    await expect(readEncryptedArchive(file, identity)).rejects.toMatchObject({ code: "ARCHIVE_UNSAFE" });
  });

  it("leaves the old file when an entry can't be read", async () => {
    const { identity, recipient } = await generateKeyPair();
    const file = await archive([recipient]);
    const broken = { path: "truth/c", content: () => Promise.reject(new Error("unreadable")) };
    await expect(writeEncryptedArchive(file, [broken], [recipient])).rejects.toThrow("unreadable");
    expect((await readEncryptedArchive(file, identity)).size).toBe(2);
  });

  it("refuses what is no recipient, and none at all", async () => {
    await expect(archive(["somebody"])).rejects.toMatchObject({ code: "USAGE" });
    await expect(archive([])).rejects.toMatchObject({ code: "USAGE" });
  });
});
