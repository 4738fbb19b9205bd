/** Vectors of patient space (three numbers; units are the caller's, mostly LPS millimetres). */

export type Vector3 = readonly [number, number, number];

export const subtract = (a: Vector3, b: Vector3): Vector3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scaled = (a: Vector3, factor: number): Vector3 => [a[0] * factor, a[1] * factor, a[2] * factor];
export const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const norm = (a: Vector3): number => Math.sqrt(dot(a, a));

/** The unit vector along `a`; `a` itself where it has no length. */
export function normalized(a: Vector3): Vector3 {
  const length = norm(a);
  return length > 0 ? scaled(a, 1 / length) : a;
}
