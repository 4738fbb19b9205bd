/** WFDB headers and annotation files, made by hand and (where the shared material is) real ones. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  parseWfdbAnnotations,
  parseWfdbHeader,
  readWfdbAnnotations,
  readWfdbHeader,
} from "../../src/annotations/wfdb.js";
import { noteMissing, sharedFolder } from "../shared.js";

/** Words of code and time, and raw bytes. */
const bytes = (...parts: ([code: number, rest: number] | number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => {
      if (part.length !== 2) return part;
      const word = ((part[0] as number) << 10) | (part[1] as number);
      return [word & 0xff, word >> 8];
    }),
  );
const raw = (text: string): number[] => [...Buffer.from(text, "latin1"), ...(text.length === 2 ? [0, 0] : [])];
const parse = (...parts: Parameters<typeof bytes>) => parseWfdbAnnotations(bytes(...parts), "x.atr");
const plain = { subtype: 0, aux: "" };

describe("an annotation file", () => {
  it("holds codes and the time since the one before, to the word 0", () => {
    expect(parse([1, 18], [5, 1023], [0, 0], [1, 5])).toEqual({
      annotations: [
        { sample: 18, symbol: "N", ...plain },
        { sample: 1041, symbol: "V", ...plain },
      ],
      timeResolution: null,
    });
    expect(parse([1, 18]).annotations).toHaveLength(1);
    expect(parseWfdbAnnotations(new Uint8Array(0), "x").annotations).toEqual([]);
  });

  it("has longer times in two words, the high one first, also backwards", () => {
    const long = parse([59, 0], [0x01, 0x00, 0x02, 0x00], [1, 3], [59, 0], [0xff, 0xff, 0xfb, 0xff], [1, 0]);
    expect(long.annotations.map(({ sample }) => sample)).toEqual([65_536 + 2 + 3, 65_536]);
  });

  it("has subtype and text after its annotation", () => {
    const { annotations } = parse(
      [14, 7],
      [61, 0xff],
      [28, 1],
      [63, 5],
      [...raw("(AFIB"), 0],
      [62, 1],
      [60, 2],
      [1, 1],
    );
    expect(annotations).toEqual([
      { sample: 7, symbol: "~", subtype: -1, aux: "" },
      { sample: 8, symbol: "+", subtype: 0, aux: "(AFIB" },
      { sample: 9, symbol: "N", ...plain },
    ]);
    expect(parse([14, 7], [61, 0x30]).annotations[0]?.subtype).toBe(48);
    expect(parse([28, 1], [63, 4], raw("(N\0\0")).annotations[0]?.aux).toBe("(N");
  });

  it("may say in which time it is, in a note that is no annotation", () => {
    const text = "## time resolution: 1000";
    expect(parse([22, 0], [63, text.length], raw(text), [1, 500])).toEqual({
      annotations: [{ sample: 500, symbol: "N", ...plain }],
      timeResolution: 1000,
    });
    expect(parse([22, 0], [63, 4], raw("##:)"), [22, 1], [63, 4], raw("note")).annotations).toEqual([
      { sample: 1, symbol: '"', subtype: 0, aux: "note" },
    ]);
  });

  it("may hold codes without a letter", () => {
    expect(parse([42, 1], [15, 1]).annotations.map(({ symbol }) => symbol)).toEqual(["[42]", "[15]"]);
  });

  it("is refused where it breaks off or lies before the record", () => {
    for (const broken of [[1], [0, 236], [0, 236, 1, 0, 0]])
      expect(() => parseWfdbAnnotations(Uint8Array.from(broken), "x")).toThrow(/ends within an annotation/);
    expect(() => parse([28, 1], [63, 9], raw("(N"))).toThrow(/longer than the file/);
    expect(() => parse([59, 0], [0xff, 0xff, 0xfb, 0xff], [1, 0])).toThrow(/before the record/);
  });

  it("is the same wherever it stands in memory", () => {
    const file = bytes([1, 18], [0, 0]);
    const within = Uint8Array.from([9, 9, 9, ...file, 9]).subarray(3, 3 + file.length);
    expect(parseWfdbAnnotations(within, "x")).toEqual(parseWfdbAnnotations(file, "x"));
  });

  it("must be there", async () => {
    await expect(readWfdbAnnotations("/nowhere/100.atr")).rejects.toThrow(/nowhere/);
  });
});

describe("a header", () => {
  it("has name, signals, frequency and length", () => {
    expect(parseWfdbHeader("100 2 360 650000\n100.dat 212\n", "x.hea")).toEqual({
      record: "100",
      signals: 2,
      fs: 360,
      samples: 650_000,
      age: null,
      sex: null,
    });
    expect(parseWfdbHeader("# first\r\n\r\na/3 12 1000/360(0) 38400 10:00\r\n", "x.hea")).toMatchObject({
      record: "a",
      signals: 12,
      fs: 1000,
      samples: 38_400,
    });
    expect(parseWfdbHeader("a 1", "x.hea")).toMatchObject({ fs: 250, samples: null });
    expect(parseWfdbHeader("a 1 128 0", "x.hea")).toMatchObject({ fs: 128, samples: null });
  });

  it("may tell age and sex in its comments", () => {
    const person = (comments: string) => {
      const { age, sex } = parseWfdbHeader(`a 1 360\n${comments}`, "x");
      return [age, sex];
    };
    expect(person("# 69 M 1085 1629 x1")).toEqual([69, "M"]);
    expect(person("# -1 M 1085")).toEqual([null, "M"]);
    expect(person("# Age: 81\n# Sex: f")).toEqual([81, "F"]);
    expect(person("# <age>: 7 <sex>: M")).toEqual([7, null]);
    expect(person("# aged 7\n# Sexual")).toEqual([null, null]);
    expect(person("")).toEqual([null, null]);
  });

  it("is refused without a record line", () => {
    for (const broken of ["", "# only", "a", "a x 360", "a 1 0", "a 1 1e9", "../a 1 360"])
      expect(() => parseWfdbHeader(broken, "x.hea"), broken).toThrow(/record line/);
  });
});

describe("the MIT-BIH records", () => {
  const shared = sharedFolder();
  const folder = shared === null ? null : join(shared, "data/ecg_mitdb");

  it("have the annotations that two other readers found", async () => {
    if (folder === null || !existsSync(join(folder, "records.json"))) return noteMissing("data/ecg_mitdb", 30);
    const { records } = JSON.parse(readFileSync(join(folder, "records.json"), "utf8")) as {
      records: {
        record: string;
        fs: number;
        n_samples: number;
        leads: string[];
        by_symbol: Record<string, number>;
        rhythm_changes: Record<string, number>;
        header_comments: string[];
      }[];
    };
    expect(records.length).toBeGreaterThan(0);
    const count = (values: string[]) =>
      values.reduce<Record<string, number>>((all, value) => ({ ...all, [value]: (all[value] ?? 0) + 1 }), {});
    for (const { record, fs, n_samples: samples, leads, ...expected } of records) {
      const { annotations, timeResolution } = await readWfdbAnnotations(join(folder, `${record}.atr`));
      const header = await readWfdbHeader(join(folder, `${record}.hea`));
      const rhythms = annotations.filter(({ symbol }) => symbol === "+").map(({ aux }) => aux);
      expect([record, count(annotations.map(({ symbol }) => symbol))]).toEqual([record, expected.by_symbol]);
      expect([record, count(rhythms)]).toEqual([record, expected.rhythm_changes]);
      expect(header).toMatchObject({ record, fs, samples, signals: leads.length });
      const [, age, sex] = /^(\S+) (\S)/.exec(expected.header_comments[0] ?? "") ?? [];
      expect([header.age, header.sex]).toEqual([Number(age) < 0 ? null : Number(age), sex]);
      expect(timeResolution).toBeNull();
      expect(annotations.every(({ sample }, at) => sample >= (annotations[at - 1]?.sample ?? 0))).toBe(true);
    }
  });
});
