/** Shared vocabulary of the documents: ids, hashes, bilingual texts, paths. */
import { z } from "zod";

export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "an id of letters, digits, '.', '_', '-' (64 at most)");
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex");
export const relativePath = z
  .string()
  .min(1)
  .max(500)
  .refine(
    (path) =>
      !path.startsWith("/") &&
      !path.includes("\\") &&
      !path.split("/").some((part) => part === ".." || part === "." || part === ""),
    "a relative path with '/' that stays inside its folder",
  );
export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];
export const bilingual = z.strictObject({ "zh-CN": z.string(), en: z.string() });
export type Bilingual = z.infer<typeof bilingual>;
/** A text of symbols alone, the same in both languages. */
export const both = (text: string): Bilingual => ({ "zh-CN": text, en: text });
/** ISO 8601 instant in UTC. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "an instant such as 2026-01-31T09:00:00Z");
