/** Paints the parts of an embedded test set in worker threads, one order at a time each. */
import { Worker } from "node:worker_threads";
import { fail } from "../src/contract/errors.js";

/** What a worker answers to an order: its result, or what went wrong. */
export interface PaintAnswer<Result> {
  readonly result?: Result;
  readonly error?: string;
}

export interface Painting<Order, Result> {
  /** The compiled worker; it answers every message with a {@link PaintAnswer}. */
  readonly worker: URL;
  readonly orders: readonly Order[];
  readonly jobs: number;
  /** The same in this thread: where one job is asked for or the worker isn't compiled (tests run the sources). */
  readonly here: (order: Order) => Result | Promise<Result>;
  readonly onPainted: (order: Order) => void;
}

/** Results in the order of the orders. @throws INTERNAL when a part can't be painted */
export async function paintInThreads<Order, Result>(painting: Painting<Order, Result>): Promise<Result[]> {
  const { orders, jobs, here, onPainted } = painting;
  const results: Result[] = [];
  const threads = Math.max(1, Math.min(jobs, orders.length));
  if (threads === 1 || import.meta.url.endsWith(".ts")) {
    for (const order of orders) {
      results.push(await here(order));
      onPainted(order);
      // Lets the caller's progress and signals have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return results;
  }
  let next = 0;
  const thread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(painting.worker);
      let current = -1;
      const give = (): void => {
        current = next++;
        const order = orders[current];
        if (order !== undefined) worker.postMessage(order);
        else void worker.terminate().then(() => resolve(), reject);
      };
      worker.on("message", (answer: PaintAnswer<Result>) => {
        if (answer.error !== undefined) {
          next = orders.length;
          void worker.terminate().then(() => reject(new Error(answer.error)), reject);
          return;
        }
        results[current] = answer.result as Result;
        onPainted(orders[current] as Order);
        give();
      });
      worker.on("error", reject);
      give();
    });
  await Promise.all(Array.from({ length: threads }, thread)).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    fail("INTERNAL", `a part of the test set could not be painted: ${why}`, { cause: error });
  });
  return results;
}
