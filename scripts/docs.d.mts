/** Types of docs.mjs, for its test. */
export const modules: readonly string[];
export function loadDefinitions(load: (module: string) => Promise<object>): Promise<object>;
export function pages(definitions: object): Map<string, string>;
