/** The 32 bytes of a key written as hex, base64 or base64url; undefined if the text is not a key. */
export function decodeKey(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const bytes = Buffer.from(trimmed, 'base64');
  const bare = trimmed.replace(/=$/, '');
  // Encodes again and compares: Buffer skips invalid base64, and a mistyped key must not be read as another one.
  const isExact = bare === bytes.toString('base64url') || bare === bytes.toString('base64').replace(/=$/, '');
  return bytes.length === 32 && isExact ? bytes : undefined;
}
