import { isUtf8 } from 'node:buffer';

/**
 * The text of UTF-8 bytes, without a byte order mark. `exact` is false if some bytes are not UTF-8. The text then has
 * U+FFFD in their place: use it to find out who sent it, and for nothing else.
 */
export function decodeUtf8(bytes: Uint8Array): { text: string; exact: boolean } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return { text: text.startsWith('\ufeff') ? text.slice(1) : text, exact: isUtf8(bytes) };
}
