/** Name and version of this tool, as documents carry them. The version is that of package.json. */
export const tool = { name: "medassay", version: "0.1.0" } as const;
