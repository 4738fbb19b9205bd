/** Reads protobuf wire format from a file through a small window: nothing is taken into memory that its reader did not bound. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fail } from "../contract/errors.js";
import { failStorage } from "../storage/errors.js";

const windowBytes = 256 * 1024;

/** A field of a message: number, wire type, and where its content lies (length-delimited fields). */
export interface WireField {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  /** Value of varints (wire 0); 0n for others. */
  readonly value: bigint;
  /** Byte range of the content (wire 1, 2, 5). */
  readonly start: number;
  readonly end: number;
}

/** A protobuf file that is open for reading. Close it after use. */
export class WireFile {
  readonly size: number;
  readonly #descriptor: number;
  readonly #path: string;
  readonly #window = Buffer.allocUnsafe(windowBytes);
  #windowStart = 0;
  #windowEnd = 0;
  #at = 0;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#descriptor = openSync(path, "r");
      this.size = fstatSync(this.#descriptor).size;
    } catch (error) {
      failStorage(error, path, true);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  malformed(what: string): never {
    fail("SUBMISSION_MODEL_MALFORMED", `${this.#path}: ${what} at byte ${this.#at}`, { file: this.#path });
  }

  #fill(): void {
    if (this.#at >= this.size) this.malformed("the file ends early");
    try {
      this.#windowStart = this.#at;
      this.#windowEnd =
        this.#at + readSync(this.#descriptor, this.#window, 0, Math.min(windowBytes, this.size - this.#at), this.#at);
    } catch (error) {
      failStorage(error, this.#path, true);
    }
    if (this.#windowEnd === this.#windowStart) this.malformed("the file ends early");
  }

  #byte(): number {
    if (this.#at < this.#windowStart || this.#at >= this.#windowEnd) this.#fill();
    return this.#window[this.#at++ - this.#windowStart] as number;
  }

  /** A varint as an unsigned 64-bit number. */
  #varint(end: number): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (this.#at >= end) this.malformed("a number runs over the end of its message");
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      if (this.#at >= end) this.malformed("a number runs over the end of its message");
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value >= 1n << 64n) this.malformed("a number has more than 64 bits");
        return value;
      }
    }
    this.malformed("a number has more than 64 bits");
  }

  /** Calls `visit` for each field of the message in [start, end). The visitor may read freely; the walk goes on after the field. */
  fields(start: number, end: number, visit: (field: WireField) => void): void {
    this.#at = start;
    while (this.#at < end) {
      const tag = this.#varint(end);
      if (tag >= 1n << 32n || tag < 8n) this.malformed("a field has no valid number");
      const number = Number(tag >> 3n);
      const wire = Number(tag & 7n);
      let value = 0n;
      let from = this.#at;
      let to: number;
      if (wire === 0) {
        value = this.#varint(end);
        to = this.#at;
      } else if (wire === 1) {
        to = from + 8;
      } else if (wire === 5) {
        to = from + 4;
      } else if (wire === 2) {
        const length = this.#varint(end);
        from = this.#at;
        if (length > BigInt(end - from)) this.malformed("a field is longer than its message");
        to = from + Number(length);
      } else {
        this.malformed("a group or reserved wire type");
      }
      if (to > end) this.malformed("a field is longer than its message");
      visit({ number, wire, value, start: from, end: to });
      this.#at = to;
    }
  }

  /** Bytes of a range; the caller has bounded its length. */
  bytes(start: number, end: number): Buffer {
    const out = Buffer.allocUnsafe(end - start);
    let at = start;
    while (at < end) {
      const read = readSync(this.#descriptor, out, at - start, end - at, at);
      if (read === 0) this.malformed("the file ends early");
      at += read;
    }
    return out;
  }

  /** Calls `visit` with the bytes of a range, piece by piece. */
  pieces(start: number, end: number, visit: (piece: Buffer) => void): void {
    for (let at = start; at < end; at += windowBytes) visit(this.bytes(at, Math.min(end, at + windowBytes)));
  }

  /** Calls `visit` for each varint of a packed range. */
  packedVarints(start: number, end: number, visit: (value: bigint) => void): void {
    this.#at = start;
    while (this.#at < end) visit(this.#varint(end));
  }
}
