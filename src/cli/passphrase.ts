import { UsageError } from '../errors.ts';

/** Longer than any passphrase; a file of another kind ends here. */
const MAX_BYTES = 4096;

/**
 * The first line of stdin, for `--passphrase-stdin`, without its line break. Blanks belong to it. Throws a UsageError if
 * stdin is a terminal, where it would be visible, or if there is no passphrase in it.
 */
export async function readPassphrase(): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) {
    throw new UsageError('--passphrase-stdin reads from a pipe or a file; at a terminal, leave it out to be asked');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (chunk.includes(0x0a) || bytes > MAX_BYTES) break;
  }
  const all = Buffer.concat(chunks);
  const end = all.indexOf(0x0a);
  const line = all.subarray(0, end < 0 ? all.length : end);
  if (line.length > MAX_BYTES)
    throw new UsageError(`--passphrase-stdin: the first line is longer than ${MAX_BYTES} bytes`);
  const passphrase = decode(line).replace(/\r$/, '');
  if (passphrase === '') throw new UsageError('--passphrase-stdin: the first line of stdin is empty');
  return passphrase;
}

/** A byte order mark, which some shells put first, is left out. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError('--passphrase-stdin: the first line of stdin is not UTF-8');
  }
}
