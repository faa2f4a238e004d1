import { isUtf8 } from 'node:buffer';

/**
 * The text of UTF-8 bytes, without a byte order mark. `exact` is false where bytes are not UTF-8: the text then has
 * U+FFFD in their place and is good for finding out who sent it, never for use.
 */
export function decodeUtf8(bytes: Uint8Array): { text: string; exact: boolean } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return { text: text.startsWith('\ufeff') ? text.slice(1) : text, exact: isUtf8(bytes) };
}
