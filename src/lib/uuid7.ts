/**
 * The id of a change: a UUID of version 7 (RFC 9562 section 5.7). It starts with the time, so that the newest entries of
 * the audit log are next to each other in every index.
 */
export function newChangeId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  // The random part of a version 4 UUID, variant included, is in the same place as that of version 7.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
