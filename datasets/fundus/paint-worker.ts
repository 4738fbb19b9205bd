/** A thread that paints photographs: gets descriptions, writes JPEG files, answers when each is written. */
import { parentPort } from "node:worker_threads";
import { paintToFile, type PaintOrder } from "./paint-order.js";

parentPort?.on("message", (order: PaintOrder) => {
  paintToFile(order).then(
    () => parentPort?.postMessage({}),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }),
  );
});
