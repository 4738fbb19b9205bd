/** Frames between parent and child: four bytes of length (little-endian), then JSON in UTF-8. */

/** Largest frame; a child that sends more is killed. */
export const maxFrameBytes = 64 * 1024 * 1024;

export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), "utf8");
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32LE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** Collects bytes of a stream into frames. */
export class FrameDecoder {
  #pieces: Buffer[] = [];
  #held = 0;
  #needed = 4;
  #body = false;

  /** Bytes in, whole messages out. @throws RangeError on a frame beyond the limit, SyntaxError on bytes that are not JSON */
  push(piece: Buffer): unknown[] {
    this.#pieces.push(piece);
    this.#held += piece.length;
    const messages: unknown[] = [];
    while (this.#held >= this.#needed) {
      const bytes = this.#take(this.#needed);
      if (this.#body) {
        messages.push(JSON.parse(bytes.toString("utf8")));
        this.#needed = 4;
      } else {
        this.#needed = bytes.readUInt32LE(0);
        if (this.#needed > maxFrameBytes) throw new RangeError("a frame is larger than its limit");
      }
      this.#body = !this.#body;
    }
    return messages;
  }

  #take(count: number): Buffer {
    const all = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    this.#pieces = count < all.length ? [all.subarray(count)] : [];
    this.#held = all.length - count;
    return all.subarray(0, count);
  }
}
