/** The list of painted bodies (tapered capsules and ellipsoids) in painting order, stored as numbers for a fast plane loop. */

/** Numbers a primitive takes: see the indices below. */
export const stride = 14;
/** Indices: a capsule is x0 y0 z0 r0 x1 y1 z1 r1, an ellipsoid x y z a b c cos sin. */
export const slot = { kind: 0, hu: 1, share: 2, low: 3, high: 4, soft: 5, shape: 6 } as const;
export const kinds = { capsule: 0, ellipsoid: 1, capsuleMax: 2, nodule: 3, spine: 4 } as const;

export class PrimitiveList {
  data = new Float64Array(stride * 4096);
  count = 0;

  #next(): number {
    if ((this.count + 1) * stride > this.data.length) {
      const larger = new Float64Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    return stride * this.count++;
  }

  /** A tube from (x0, y0, z0) with radius r0 to (x1, y1, z1) with radius r1. `onlyBrighten` never lowers a voxel. */
  capsule(
    from: readonly [number, number, number],
    fromRadius: number,
    to: readonly [number, number, number],
    toRadius: number,
    hu: number,
    onlyBrighten = false,
  ): void {
    const at = this.#next();
    const d = this.data;
    const reach = Math.max(fromRadius, toRadius) + 1.6;
    d[at + slot.kind] = onlyBrighten ? kinds.capsuleMax : kinds.capsule;
    d[at + slot.hu] = hu;
    d[at + slot.share] = 1;
    d[at + slot.low] = Math.min(from[2], to[2]) - reach;
    d[at + slot.high] = Math.max(from[2], to[2]) + reach;
    d[at + slot.soft] = 0;
    const s = at + slot.shape;
    d[s] = from[0];
    d[s + 1] = from[1];
    d[s + 2] = from[2];
    d[s + 3] = fromRadius;
    d[s + 4] = to[0];
    d[s + 5] = to[1];
    d[s + 6] = to[2];
    d[s + 7] = toRadius;
  }

  /** An ellipsoid turned by an angle about z (its cosine and sine), with an edge softened by `soft` mm. */
  ellipsoid(
    center: readonly [number, number, number],
    radii: readonly [number, number, number],
    hu: number,
    turnCos = 1,
    turnSin = 0,
    soft = 0,
  ): void {
    const at = this.#next();
    const d = this.data;
    d[at + slot.kind] = kinds.ellipsoid;
    d[at + slot.hu] = hu;
    d[at + slot.share] = 1;
    d[at + slot.low] = center[2] - radii[2] - 2 - soft;
    d[at + slot.high] = center[2] + radii[2] + 2 + soft;
    d[at + slot.soft] = soft;
    const s = at + slot.shape;
    d[s] = center[0];
    d[s + 1] = center[1];
    d[s + 2] = center[2];
    d[s + 3] = radii[0];
    d[s + 4] = radii[1];
    d[s + 5] = radii[2];
    d[s + 6] = turnCos;
    d[s + 7] = turnSin;
  }

  /** A body painted by code of its own: `index` names it, (x, y, z, reach) bounds it. */
  special(kind: number, index: number, x: number, y: number, low: number, high: number, reach: number): void {
    const at = this.#next();
    const d = this.data;
    d[at + slot.kind] = kind;
    d[at + slot.hu] = 0;
    d[at + slot.share] = 1;
    d[at + slot.low] = low;
    d[at + slot.high] = high;
    d[at + slot.soft] = 0;
    const s = at + slot.shape;
    d[s] = index;
    d[s + 1] = x;
    d[s + 2] = y;
    d[s + 3] = reach;
  }
}
