/**
 * Simple points: which voxels may go without a change of topology of the 26-connected foreground and the 6-connected
 * background, by the counts of components in the neighbourhood (Bertrand & Malandain 1994, doi:10.1016/0167-8655(94)90046-9).
 */

/** The 3 x 3 x 3 neighbourhood as bits 0 to 26; bit 13 is the voxel itself. */
const centre = 13;
const offsetOf = (bit: number) => [(bit % 3) - 1, (Math.floor(bit / 3) % 3) - 1, Math.floor(bit / 9) - 1] as const;
const bits = Array.from({ length: 27 }, (_, bit) => bit).filter((bit) => bit !== centre);

/** For each bit, the other bits whose place differs on one axis by one (faces), or on any axes by at most one. */
function neighbourBits(onlyFaces: boolean): Int32Array {
  return Int32Array.from({ length: 27 }, (_, from) =>
    bits.reduce((code, to) => {
      const apart = offsetOf(from).map((place, axis) => Math.abs(place - (offsetOf(to)[axis] as number)));
      const [steps, farthest] = [apart.reduce((sum, d) => sum + d, 0), Math.max(...apart)];
      return to !== from && (onlyFaces ? steps === 1 : farthest === 1) ? code | (1 << to) : code;
    }, 0),
  );
}

const touching = neighbourBits(false);
const facing = neighbourBits(true);
const faces = facing[centre] as number;
/** Faces and edges of the voxel, where paths of the background may run. */
const near = bits.reduce((code, bit) => (offsetOf(bit).includes(0) ? code | (1 << bit) : code), 0);

/** The part of `code` that is joined to one of its bits. */
function joined(code: number, first: number, neighbours: Int32Array): number {
  let part = first;
  for (let fresh = first; fresh !== 0;) {
    let reached = 0;
    for (let rest = fresh; rest !== 0; rest &= rest - 1) reached |= neighbours[31 - Math.clz32(rest & -rest)] as number;
    fresh = reached & code & ~part;
    part |= fresh;
  }
  return part;
}

const lowest = (code: number): number => code & -code;

function neighboursOf(voxels: Uint8Array, at: number, rowStep: number, planeStep: number): number {
  let foreground = 0;
  for (const bit of bits) {
    const [x, y, z] = offsetOf(bit);
    foreground |= (voxels[at + x + y * rowStep + z * planeStep] as number) << bit;
  }
  return foreground;
}

/** Whether a voxel (index into a volume of 0 and 1 with a background margin) has a single neighbour. */
export function isEndOfLine(voxels: Uint8Array, at: number, rowStep: number, planeStep: number): boolean {
  const foreground = neighboursOf(voxels, at, rowStep, planeStep);
  return foreground === lowest(foreground);
}

/** Whether a voxel may go: its neighbours form one object, and the background at its faces one background. */
export function isSimplePoint(voxels: Uint8Array, at: number, rowStep: number, planeStep: number): boolean {
  const foreground = neighboursOf(voxels, at, rowStep, planeStep);
  if (foreground === 0 || joined(foreground, lowest(foreground), touching) !== foreground) return false;
  const background = near & ~foreground;
  const open = background & faces;
  return open !== 0 && (open & ~joined(background, lowest(open), facing)) === 0;
}
