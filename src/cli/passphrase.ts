import { UsageError } from '../errors.ts';

/** Longer than any passphrase; a file of another kind ends here. */
const MAX_BYTES = 4096;

/**
 * The first line of stdin, for `--passphrase-stdin`, without its line break. Blanks belong to it. Throws a UsageError if
 * stdin is a terminal, where it would be visible, or if there is no passphrase in it.
 */
export async function readPassphrase(): Promise<string> {
  const [passphrase = ''] = await readPassphrases(1);
  return passphrase;
}

/** As many first lines of stdin. */
export async function readPassphrases(count: number): Promise<string[]> {
  const { stdin } = process;
  if (stdin.isTTY) {
    throw new UsageError('--passphrase-stdin reads from a pipe or a file; at a terminal, leave it out to be asked');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  let breaks = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    breaks += chunk.filter((byte) => byte === LINE_BREAK).length;
    if (breaks >= count || bytes > MAX_BYTES * count) break;
  }
  const all = Buffer.concat(chunks);
  let from = 0;
  return Array.from({ length: count }, (_, index) => {
    const found = all.indexOf(LINE_BREAK, from);
    const end = found < 0 ? all.length : found;
    const line = all.subarray(from, end);
    from = Math.min(end + 1, all.length);
    return toPassphrase(line, ORDINALS[index] ?? 'last');
  });
}

const LINE_BREAK = 0x0a;
const ORDINALS = ['first', 'second'];

function toPassphrase(line: Buffer, which: string): string {
  if (line.length > MAX_BYTES)
    throw new UsageError(`--passphrase-stdin: the ${which} line is longer than ${MAX_BYTES} bytes`);
  const passphrase = decode(line, which).replace(/\r$/, '');
  if (passphrase === '') throw new UsageError(`--passphrase-stdin: the ${which} line of stdin is empty`);
  return passphrase;
}

/** A byte order mark, which some shells put first, is left out. */
function decode(bytes: Uint8Array, which: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`--passphrase-stdin: the ${which} line of stdin is not UTF-8`);
  }
}
