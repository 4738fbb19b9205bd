/** Types of docs.mjs, for its test. */
export function loadDefinitions(load: (module: string) => Promise<object>): Promise<object>;
export function pages(definitions: object): Map<string, string>;
