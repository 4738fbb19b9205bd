/** releases.jsonl: every result that left the house, with its attempt number; the protocol may limit attempts. */
import { fail } from "../contract/errors.js";
import { release, type Release } from "../contract/seal.js";
import { appendChain, readChain } from "../storage/chained-log.js";
import { partOf } from "./folder.js";

export interface ReleaseFacts {
  /** `id version` of the test set. */
  readonly dataset: string;
  /** Vendor and product. */
  readonly product: string;
  readonly version: string;
  readonly predictionsHash: string;
}

/**
 * The number of this attempt: predictions that were released before keep theirs, others get the next one of the product.
 * @param limit most attempts of a product, null for no limit
 * @throws ATTEMPTS_EXHAUSTED, LOG_CHAIN_BROKEN
 */
export async function attemptNumber(folder: string, facts: ReleaseFacts, limit: number | null): Promise<number> {
  const releases = await readChain(partOf(folder, "releases"), release);
  return nextAttempt(releases, facts, limit);
}

function nextAttempt(releases: readonly Release[], facts: ReleaseFacts, limit: number | null): number {
  const own = releases.filter(({ product }) => product === facts.product);
  const same = own.find(({ predictionsHash }) => predictionsHash === facts.predictionsHash);
  if (same) return same.attempt;
  const attempt = own.reduce((most, line) => Math.max(most, line.attempt), 0) + 1;
  if (limit !== null && attempt > limit) {
    fail("ATTEMPTS_EXHAUSTED", `${facts.product} has used its ${limit} attempts on ${facts.dataset}`);
  }
  return attempt;
}

/**
 * Logs a result that is about to be released. The same result of the same predictions is logged once.
 * @throws ATTEMPTS_EXHAUSTED, LOG_CHAIN_BROKEN, STORAGE_* when the log can't be written
 */
export async function recordRelease(
  folder: string,
  facts: ReleaseFacts & { readonly resultHash: string },
  limit: number | null,
): Promise<Release> {
  const file = partOf(folder, "releases");
  const releases = await readChain(file, release);
  const attempt = nextAttempt(releases, facts, limit);
  const same = releases.find(
    (line) =>
      line.product === facts.product &&
      line.predictionsHash === facts.predictionsHash &&
      line.resultHash === facts.resultHash,
  );
  return same ?? appendChain(file, release, { ...facts, at: new Date().toISOString(), attempt });
}
