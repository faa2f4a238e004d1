/** By then the start has made each half of the young generation 2 to 4 MB large. */
const AFTER_MS = 50;

/** The factor by which V8 enlarges the young generation; 1 leaves it as it is. Unlike its maximum, V8 reads it again. */
export const NO_GROWTH = '--semi-space-growth-factor=1';

/**
 * Keeps the young generation of the heap as large as the start has made it. V8 would enlarge it to 32 MB and more under
 * load, without making calls cheaper. A `--max-semi-space-size` that Node was started with counts instead.
 */
export function limitYoungGeneration(): void {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (/--m(?:ax|in)[-_]semi[-_]space/.test(given)) return;
  setTimeout(async () => (await import('node:v8')).setFlagsFromString(NO_GROWTH), AFTER_MS).unref();
}
