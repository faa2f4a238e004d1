import { placeAt } from './place.ts';

export type Decoded = { text: string } | { fault: string };

/** The text of bytes in UTF-8, without a byte order mark; else the encoding they seem to have, and where that shows. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const wide = wideEncodingOf(bytes);
  if (wide !== undefined) return { fault: `is ${wide}, not UTF-8; save it as UTF-8` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const offset = firstBroken(bytes);
    const { line, column } = placeAt(new TextDecoder('utf-8').decode(bytes.subarray(0, offset)));
    const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    return {
      fault: `is not UTF-8: byte 0x${byte}, line ${line}, column ${column}. It seems to be Windows-1252 or ISO-8859-1; save it as UTF-8`,
    };
  }
}

/** By its byte order mark, or by the zero bytes that JSON, which begins with ASCII, has in such an encoding. */
function wideEncodingOf(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32' : 'UTF-16 (little-endian)';
  if (a === 0xfe && b === 0xff) return 'UTF-16 (big-endian)';
  if (a === 0 && b === 0 && (c === 0xfe || c === 0)) return 'UTF-32';
  if (a === 0 && b !== undefined && b !== 0) return 'UTF-16 (big-endian)';
  if (a !== undefined && a !== 0 && b === 0) return c === 0 ? 'UTF-32' : 'UTF-16 (little-endian)';
  return undefined;
}

/** The first byte that no UTF-8 has there. A decoder keeps what may go on, so the longest clean beginning is found by halves. */
function firstBroken(bytes: Uint8Array): number {
  let [clean, broken] = [0, bytes.length];
  while (clean + 1 < broken) {
    const middle = (clean + broken) >> 1;
    if (isClean(bytes.subarray(0, middle))) clean = middle;
    else broken = middle;
  }
  // Up to three bytes before may be the beginning of the character that breaks off there.
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

/** Whether the bytes end within a character. */
function isCut(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return false;
  } catch {
    return true;
  }
}
