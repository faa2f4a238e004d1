import { hash } from 'node:crypto';
import type { UserRef } from './log/entry.ts';

/**
 * Text as every database holds it: UTF-8 without NUL. PostgreSQL refuses NUL, SQLite's own functions end the text there,
 * and both turn a lone surrogate into U+FFFD, after which the hash of the entry would no longer fit.
 */
export function storable(text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  return Buffer.from(text).toString().replaceAll('\0', '\u2400');
}

export function storableUser({ provider, connection, userId }: UserRef): UserRef {
  return { provider: storableKey(provider), connection: storableKey(connection), userId: storableKey(userId) };
}

/**
 * Text for lookups, as an index can hold it: PostgreSQL's take at most 2,700 bytes a row. Longer text, which no vendor
 * uses as an id, is identified by a hash.
 */
export function storableKey(text: string): string {
  const stored = storable(text);
  if (Buffer.byteLength(stored) <= maxKeyBytes) return stored;
  return `${storable(stored.slice(0, 100))}… (${stored.length} characters, SHA-256 ${hash('sha256', stored)})`;
}

const maxKeyBytes = 800;

/** A time of a filter as the audit log writes times, so that comparing the texts compares the times. */
export function toInstant(time: string, option: 'since' | 'until'): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw new Error(`\`${option}\` is not an ISO 8601 time, such as 2026-01-31T09:00:00Z.`);
  return new Date(ms).toISOString();
}
