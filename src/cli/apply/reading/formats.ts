/** How a file of `apply` can be written. */
export const FILE_FORMATS = ['csv', 'jsonl'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** The format that is named, else by the end of the file's name: `.jsonl` and `.ndjson` are JSON Lines. */
export function formatOfFile(path: string, named: string | undefined): FileFormat {
  return FILE_FORMATS.find((one) => one === named) ?? (/\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : 'csv');
}
