/** One photograph to paint and where to. */
import { writeFile } from "node:fs/promises";
import { photographJpeg } from "./paint.js";
import { composePhotograph, type PhotographSpec } from "./photograph.js";

export interface PaintOrder {
  readonly spec: PhotographSpec;
  readonly file: string;
}

/** Paints and writes a photograph. */
export async function paintToFile(order: PaintOrder): Promise<void> {
  await writeFile(order.file, await photographJpeg(composePhotograph(order.spec)));
}
