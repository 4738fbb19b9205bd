/** A thread that paints photographs: gets descriptions, writes JPEG files, answers with their numbers. */
import { parentPort } from "node:worker_threads";
import { paintToFile, type PaintOrder } from "./paint-order.js";

parentPort?.on("message", (order: PaintOrder) => {
  paintToFile(order).then(
    () => parentPort?.postMessage({ number: order.number }),
    (error: unknown) => parentPort?.postMessage({ number: order.number, error: String(error) }),
  );
});
