import { decodeUtf8 } from '../lib/text/utf8.ts';

/** Charsets in which other characters look like ASCII, so that they may pass for UTF-8: the declaration comes first. */
const LOOKS_LIKE_ASCII = /^(?:iso-2022|utf-16|utf-7|hz-gb|x-user-defined)/;

/**
 * The text of a vendor's answer, without a byte order mark; undefined where its bytes cannot be read for certain. JSON is
 * UTF-8 whatever `charset` says (RFC 8259 section 8.1 and 11), and servers that declare ISO-8859-1 for everything are
 * common: a declared charset counts for what is not UTF-8. A character that was lost here would be written back as lost.
 */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): string | undefined {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1]?.toLowerCase();
  const asDeclared = () => (charset === undefined ? undefined : decodeAs(charset, bytes));
  if (charset !== undefined && LOOKS_LIKE_ASCII.test(charset)) return asDeclared();
  const { text, exact } = decodeUtf8(bytes);
  return exact ? text : asDeclared();
}

/** Undefined too for a charset this platform does not know. */
function decodeAs(charset: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
