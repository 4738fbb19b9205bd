/** Which definition of the plan's strata a row stands under: two binnings of one attribute have keys alike, and are two dimensions. */
import type { StratumDefinition } from "../contract/protocol.js";
import type { StratumKey } from "../contract/result.js";
import { notRecorded, outsideBins } from "./strata.js";

interface Axis {
  readonly attribute: string;
  readonly bins?: readonly string[] | undefined;
}

const axesOf = (definition: StratumDefinition): Axis[] =>
  (typeof definition === "object" && "cross" in definition ? definition.cross : [definition]).map((axis) =>
    typeof axis === "string" ? { attribute: axis } : axis,
  );

const attributesOf = (axes: readonly Axis[]): string => axes.map(({ attribute }) => attribute).join(" x ");

/** `sliceThicknessMm [0,2] (2,inf)`. */
const withBins = (axes: readonly Axis[]): string =>
  axes.map(({ attribute, bins }) => [attribute, ...(bins ?? [])].join(" ")).join(" x ");

/**
 * Dimension of each key: its attributes joined by " x ", with their bins where several definitions have these attributes.
 * @param keys of one metric, or of one other count, in the order of a result: definition by definition
 */
export function dimensionsOf(keys: readonly StratumKey[], definitions: readonly StratumDefinition[]): string[] {
  const all = definitions.map(axesOf);
  const places = new Map<string, { at: number; readonly seen: Set<string> }>();
  return keys.map((key) => {
    const attributes = Object.keys(key).join(" x ");
    const alike = all.filter((axes) => attributesOf(axes) === attributes);
    if (alike.length < 2) return attributes;
    const cells = Object.values(key);
    const text = JSON.stringify(cells);
    const place = places.get(attributes) ?? { at: 0, seen: new Set() };
    // A key that comes again belongs to the next definition, for each has it once.
    const rest = alike.slice(place.seen.has(text) ? place.at + 1 : place.at);
    const isBin = ({ bins }: Axis, at: number) => bins?.includes(cells[at] as string) ?? false;
    const isCell = (axis: Axis, at: number) =>
      isBin(axis, at) || axis.bins === undefined || [notRecorded, outsideBins].includes(cells[at] as string);
    const found =
      rest.find((axes) => axes.every(isBin)) ?? rest.find((axes) => axes.every(isCell)) ?? (alike.at(-1) as Axis[]);
    const at = alike.indexOf(found);
    places.set(attributes, at === place.at ? { at, seen: place.seen.add(text) } : { at, seen: new Set([text]) });
    return withBins(found);
  });
}
