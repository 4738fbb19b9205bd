/** How a document is defined: name, version, zod schema, JSON Schema. Unknown keys are errors, except under `x-...`. */
import { z, type ZodType } from "zod";

export interface DocumentDefinition<T = unknown> {
  /** Value of the `schema` key, such as `medassay/protocol/1`. */
  readonly schemaId: string;
  /** Base name of the published JSON Schema. */
  readonly name: string;
  readonly type: ZodType<T>;
}

/** Defines a document with its own `schema` key. */
export function defineDocument<S extends z.ZodRawShape>(name: string, major: number, shape: S) {
  const schemaId = `medassay/${name}/${major}`;
  const type = z.strictObject({ schema: z.literal(schemaId), ...shape });
  return { schemaId, name, type };
}

/** Defines the lines of a JSON Lines document; the first key of each line may leave `schema` out. */
export function defineLine<S extends z.ZodRawShape>(name: string, major: number, shape: S) {
  const schemaId = `medassay/${name}/${major}`;
  const type = z.strictObject({ schema: z.literal(schemaId).optional(), ...shape });
  return { schemaId, name, type };
}

/** A copy without keys that start with `x-` (free extensions, which no schema judges). */
export function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("x-"))
      .map(([key, inner]) => [key, withoutExtensions(inner)]),
  );
}

/** JSON Schema (draft 2020-12) of a document, with `x-...` keys allowed everywhere. */
export function jsonSchemaOf(definition: DocumentDefinition): Record<string, unknown> {
  const schema = z.toJSONSchema(definition.type, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) jsonSchema.patternProperties = { "^x-": {} };
    },
  }) as Record<string, unknown>;
  return { ...schema, $id: definition.schemaId, title: definition.schemaId };
}
