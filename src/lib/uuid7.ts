/**
 * The id of a change: a UUID of version 7 (RFC 9562 section 5.7), which begins with the time, so that the newest entries
 * of the record stand side by side in every index.
 */
export function newChangeId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  // The random part of a version 4 stands where version 7 has its own, the variant included.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
