import { readFileSync } from "node:fs";
import dicomParser from "dicom-parser";
import { describe, expect, it } from "vitest";
import { readDicomFile } from "../../src/imaging/dicom/header.js";
import { decodePixels } from "../../src/imaging/dicom/pixels.js";
import { uidFromName } from "../../src/imaging/dicom/write.js";
import { plainSeries, withSeries, type SliceSpec } from "./phantom-series.js";

const one = (series: Partial<typeof plainSeries> = {}): SliceSpec[] => [
  { name: "one.dcm", position: [-175.1234567890123, 1 / 3, -96.35], value: -7, series },
];

describe("a CT slice that was written", () => {
  it("is read by another parser, element by element in ascending order", async () => {
    await withSeries(one(), async ([path]) => {
      const dataSet = dicomParser.parseDicom(readFileSync(path!));
      const inFile = Object.values(dataSet.elements).sort((a, b) => a.dataOffset - b.dataOffset);
      const tags = inFile.map(({ tag }) => tag);
      expect(tags.length).toBeGreaterThan(60);
      expect(tags).toEqual([...tags].sort());
      expect(dataSet.warnings).toEqual([]);
      const string = (tag: string): string | undefined => dataSet.string(tag);
      expect(string("x00020010")).toBe("1.2.840.10008.1.2.1");
      expect(string("x00080016")).toBe("1.2.840.10008.5.1.4.1.1.2");
      expect(string("x00020003")).toBe(string("x00080018"));
      expect(string("x00080020")).toBe("20230101");
      expect(string("x00101010")).toBe("061Y");
      expect(string("x00120062")).toBe("YES");
      expect(string("x00280030")).toBe("0.8\\0.7");
      expect(dataSet.uint32("x00020000")).toBe(dataSet.elements.x00080005!.dataOffset - 8 - 144);
      expect(dataSet.elements.x7fe00010!.length).toBe(2 * 4 * 6);
      return Promise.resolve();
    });
  });

  it("holds no institution, birth date or operator", async () => {
    await withSeries(one(), async ([path]) => {
      const { elements } = dicomParser.parseDicom(readFileSync(path!));
      expect(Object.keys(elements)).not.toEqual(expect.arrayContaining(["x00080080"]));
      expect(Object.keys(elements)).not.toEqual(expect.arrayContaining(["x00081070"]));
      expect(elements.x00100030!.length).toBe(0);
      return Promise.resolve();
    });
  });

  it("keeps decimal strings within 16 characters", async () => {
    await withSeries(one(), async ([path]) => {
      const position = dicomParser.parseDicom(readFileSync(path!)).string("x00200032")!.split("\\");
      expect(position.every((part) => part.length <= 16)).toBe(true);
      expect(position.map(Number)).toEqual([
        expect.closeTo(-175.123456789, 9),
        expect.closeTo(1 / 3, 13),
        expect.closeTo(-96.35, 9),
      ]);
      return Promise.resolve();
    });
  });

  it("gives its stored values back, with 16 and with 12 bits", async () => {
    for (const series of [{}, { bitsStored: 12 }]) {
      await withSeries(one(series), async ([path]) => {
        const { values } = await decodePixels(await readDicomFile(path!));
        expect([...values]).toEqual(new Array(24).fill(-7));
      });
    }
  });
});

describe("a UID from a name", () => {
  it("is the same for the same name, and well formed", () => {
    const uid = uidFromName("case 1");
    expect(uidFromName("case 1")).toBe(uid);
    expect(uidFromName("case 2")).not.toBe(uid);
    expect(uid).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
    expect(uid.length).toBeLessThanOrEqual(64);
  });
});
