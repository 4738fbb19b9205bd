/** Pascal VOC XML: boxes of one image. Coordinates are returned as written; whether they count from 0 or 1 is for the importer to declare. */
import { SaxesParser } from "saxes";
import { fail } from "../contract/errors.js";
import { readText } from "../storage/documents.js";

interface VocBox {
  /** Class of the object. */
  name: string;
  /** Pixel columns and rows as written. */
  xmin: number;
  ymin: number;
  xmax: number;
  ymax: number;
}

export interface VocAnnotation {
  /** Columns and rows of the image; undefined where the file does not say. */
  size: { width: number; height: number } | undefined;
  boxes: VocBox[];
}

const maxBytes = 4 * 1024 * 1024;
const maxDepth = 16;
const maxBoxes = 10_000;
const sides = ["xmin", "ymin", "xmax", "ymax"] as const;

/** Reads a VOC file. Errors: ANNOTATION_INVALID (with the line), LIMIT_EXCEEDED, DOCUMENT_MISSING. */
export async function readVoc(file: string): Promise<VocAnnotation> {
  return parseVoc(await readText(file, maxBytes), file);
}

/** Parses the text of a VOC file; document types, and with them entities, are refused. */
export function parseVoc(xml: string, file: string): VocAnnotation {
  const boxes: VocBox[] = [];
  const size: Partial<Record<"width" | "height", number>> = {};
  const path: string[] = [];
  let box: Partial<VocBox> | undefined;
  let text = "";
  const parser = new SaxesParser();
  const refuse = (message: string): never => fail("ANNOTATION_INVALID", message, { file, line: parser.line });
  const count = (name: string): number => {
    const trimmed = text.trim();
    return /^-?\d{1,9}(\.\d+)?$/.test(trimmed)
      ? Number(trimmed)
      : refuse(`<${name}> holds ${JSON.stringify(trimmed.slice(0, 32))} where a number was expected`);
  };
  parser.on("error", (error) => refuse(error.message));
  parser.on("doctype", () => refuse("a document type (DOCTYPE) is not accepted"));
  parser.on("text", (part) => {
    text += part;
  });
  parser.on("opentag", ({ name }) => {
    path.push(name);
    text = "";
    if (path.length > maxDepth) refuse(`elements are nested more than ${maxDepth} deep`);
    if (path.length === 1 && name !== "annotation") refuse(`<${name}> stands where <annotation> was expected`);
    if (path.join("/") === "annotation/object") box = {};
  });
  parser.on("closetag", ({ name }) => {
    const place = path.join("/");
    path.pop();
    const side = sides.find((candidate) => place === `annotation/object/bndbox/${candidate}`);
    if (place === "annotation/object") {
      boxes.push(complete(box ?? {}, refuse));
      if (boxes.length > maxBoxes) refuse(`more than ${maxBoxes} boxes`);
      box = undefined;
    } else if (box !== undefined && side !== undefined) box[side] = count(name);
    else if (box !== undefined && place === "annotation/object/name") box.name = text.trim().slice(0, 64);
    else if (place === "annotation/size/width" || place === "annotation/size/height") {
      size[name as "width" | "height"] = count(name);
    }
    text = "";
  });
  parser.write(xml).close();
  const { width, height } = size;
  return { size: width !== undefined && height !== undefined ? { width, height } : undefined, boxes };
}

function complete(box: Partial<VocBox>, refuse: (message: string) => never): VocBox {
  const { name, xmin, ymin, xmax, ymax } = box;
  if (name === undefined || name === "") return refuse("an <object> has no <name>");
  if (xmin === undefined || ymin === undefined || xmax === undefined || ymax === undefined) {
    return refuse("an <object> has no whole <bndbox>");
  }
  if (xmax < xmin || ymax < ymin) return refuse(`the box ${xmin}, ${ymin}, ${xmax}, ${ymax} has its corners swapped`);
  return { name, xmin, ymin, xmax, ymax };
}
