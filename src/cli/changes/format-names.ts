/** How changes are printed. Apart from the code that does it, which the definitions of commands do not load. */
export const FORMATS = ['table', 'json', 'jsonl', 'csv', 'ocsf'] as const;
export type Format = (typeof FORMATS)[number];
