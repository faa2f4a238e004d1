export type Decoded = { text: string } | { fault: string };

/**
 * Decodes UTF-8 and drops a byte order mark. The fault names the likely encoding of the bytes, and the position that
 * shows it.
 */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const wide = wideEncodingOf(bytes);
  if (wide !== undefined) return { fault: `is ${wide}, not UTF-8; save it as UTF-8` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const offset = firstBroken(bytes);
    const position = positionAfter(new TextDecoder('utf-8').decode(bytes.subarray(0, offset)));
    const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    return {
      fault: `is not UTF-8: byte 0x${byte}, ${position}. It is probably Windows-1252 or ISO-8859-1; save it as UTF-8`,
    };
  }
}

/** `line 3, column 7`, where the next character after a text would be. Columns count UTF-16 units, as editors do. */
export function positionAfter(before: string): string {
  const lines = before.split(/\r\n|\n|\r/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** By its byte order mark, or by its zero bytes: JSON begins with ASCII characters. */
function wideEncodingOf(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32' : 'UTF-16 (little-endian)';
  if (a === 0xfe && b === 0xff) return 'UTF-16 (big-endian)';
  if (a === 0 && b === 0 && (c === 0xfe || c === 0)) return 'UTF-32';
  if (a === 0 && b !== undefined && b !== 0) return 'UTF-16 (big-endian)';
  if (a !== undefined && a !== 0 && b === 0) return c === 0 ? 'UTF-32' : 'UTF-16 (little-endian)';
  return undefined;
}

/** The index of the first byte that is not UTF-8, by bisection: a streaming decoder accepts every valid prefix. */
function firstBroken(bytes: Uint8Array): number {
  let [clean, broken] = [0, bytes.length];
  while (clean + 1 < broken) {
    const middle = (clean + broken) >> 1;
    if (isClean(bytes.subarray(0, middle))) clean = middle;
    else broken = middle;
  }
  // The character that is cut off there may have started up to three bytes earlier.
  let start = clean;
  while (start > 0 && clean - start < 3 && isCut(bytes.subarray(0, start))) start--;
  return start;
}

function isClean(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Whether the bytes end in the middle of a character. */
function isCut(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return false;
  } catch {
    return true;
  }
}
