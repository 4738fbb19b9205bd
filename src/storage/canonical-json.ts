/** RFC 8785 canonical JSON: keys sorted by UTF-16 units, numbers as ECMAScript writes them, no white space. */
import { sha256 } from "./hashing.js";

/** Canonical text of a JSON value. Keys with value undefined are left out. @throws TypeError on NaN, infinity, functions. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
  }
  throw new TypeError(`a ${typeof value} has no JSON form`);
}

/** SHA-256 (lower-case hex) of a document: of its canonical JSON. */
export function hashDocument(value: unknown): string {
  return sha256(canonicalJson(value));
}
