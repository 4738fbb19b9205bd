import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseVoc, readVoc } from "../../src/annotations/voc.js";
import { noteMissing, sharedFolder } from "../shared.js";

const shared = sharedFolder();

const object = (name: string, box: string): string => `<object><name>${name}</name><bndbox>${box}</bndbox></object>`;
const plainBox = "<xmin>3</xmin><ymin>4</ymin><xmax>10</xmax><ymax>12.5</ymax>";

describe("a VOC file", () => {
  it("gives the boxes as written", () => {
    const size = "<size><width>512</width><height>256</height><depth>1</depth></size>";
    const xml = `<annotation>${size}${object("nodule &amp; mass", plainBox)}${object("B", plainBox)}</annotation>`;
    const annotation = parseVoc(xml, "a.xml");
    expect(annotation.size).toEqual({ width: 512, height: 256 });
    expect(annotation.boxes).toEqual([
      { name: "nodule & mass", xmin: 3, ymin: 4, xmax: 10, ymax: 12.5 },
      { name: "B", xmin: 3, ymin: 4, xmax: 10, ymax: 12.5 },
    ]);
  });

  it("may have parts of an object with boxes of their own, which are not the object's", () => {
    const part = `<part><name>head</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></part>`;
    const xml = `<annotation><object><name>A</name><bndbox>${plainBox}</bndbox>${part}</object></annotation>`;
    expect(parseVoc(xml, "a.xml").boxes).toEqual([{ name: "A", xmin: 3, ymin: 4, xmax: 10, ymax: 12.5 }]);
  });

  it.each([
    ["a document type with an entity", '<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>', /DOCTYPE/],
    ["an unknown entity", "<annotation>&x;</annotation>", /entity/],
    ["an unclosed element", "<annotation><object>", /unclosed/],
    ["another root", "<html></html>", /<annotation> was expected/],
    ["a box without a side", `<annotation>${object("A", "<xmin>3</xmin>")}</annotation>`, /no whole <bndbox>/],
    ["a word for a number", `<annotation>${object("A", "<xmin>three</xmin>")}</annotation>`, /"three"/],
    ["swapped corners", `<annotation>${object("A", plainBox.replace(">3<", ">30<"))}</annotation>`, /swapped/],
    ["an object without a name", `<annotation>${object("", plainBox)}</annotation>`, /no <name>/],
    ["deep nesting", `<annotation>${"<a>".repeat(100)}`, /nested/],
    ["nothing", "", /root/],
  ])("is refused with %s", (_, xml, message) => {
    expect(() => parseVoc(xml, "bad.xml")).toThrowError(
      expect.objectContaining({ code: "ANNOTATION_INVALID", file: "bad.xml" }) as Error,
    );
    expect(() => parseVoc(xml, "bad.xml")).toThrowError(message);
  });

  it("says in which line", () => {
    const xml = `<annotation>\n<object>\n<name>A</name>\n<bndbox>\n<xmin>x</xmin>`;
    expect(() => parseVoc(xml, "bad.xml")).toThrowError(expect.objectContaining({ line: 5 }) as Error);
  });
});

const cases = ["A0001_s2_L", "A0002_s3_B40f"];
if (shared === null) noteMissing("VOC boxes of real series", cases.length);
else
  describe("real VOC files", () => {
    it.each(cases)("%s has the boxes of its series.json, slice by slice", async (name) => {
      const folder = join(shared, "data/lung_ct_boxes", name);
      const { boxes: expected } = JSON.parse(readFileSync(join(folder, "series.json"), "utf8")) as {
        boxes: { sop: string; xmin: number; ymin: number; xmax: number; ymax: number }[];
      };
      const found = [];
      for (const file of readdirSync(join(folder, "annotation"))) {
        const { boxes, size } = await readVoc(join(folder, "annotation", file));
        expect(size).toEqual({ width: 512, height: 512 });
        for (const { name: label, ...box } of boxes) {
          expect(label).toBe("A");
          found.push({ sop: file.replace(/\.xml$/, ""), ...box });
        }
      }
      const bySop = (a: { sop: string }, b: { sop: string }): number => (a.sop < b.sop ? -1 : 1);
      const wanted = expected.map(({ sop, xmin, ymin, xmax, ymax }) => ({ sop, xmin, ymin, xmax, ymax }));
      expect(found.sort(bySop)).toEqual(wanted.sort(bySop));
    });
  });
