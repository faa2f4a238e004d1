import type { Path } from '../field.ts';

/** JSON pointers (RFC 6901) as text, and as the keys from the outside in. */

/** Names that objects have without holding them: a record that was read or is written never has them as keys. */
const FORBIDDEN = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

const MAX_SEGMENTS = 8;
const MAX_SEGMENT = 128;

/** Why a text is no pointer that we follow; undefined if it is one. */
export function pointerFault(text: string): string | undefined {
  if (text !== '' && !text.startsWith('/')) return 'expected a JSON pointer such as /profile/title (RFC 6901)';
  if (/~(?![01])/.test(text)) return 'in a JSON pointer ~ is written ~0, and / inside a name ~1 (RFC 6901)';
  const path = parsePointer(text);
  if (path.length > MAX_SEGMENTS) return `is more than ${MAX_SEGMENTS} levels deep`;
  if (path.some((key) => key === '')) return 'has an empty name between two slashes';
  if (path.some((key) => key.length > MAX_SEGMENT)) return `has a name of more than ${MAX_SEGMENT} characters`;
  if (path.some((key) => /\p{Cc}/u.test(key))) return 'has a control character in a name';
  const forbidden = path.find((key) => FORBIDDEN.has(key));
  return forbidden === undefined ? undefined : `"${forbidden}" cannot be a name`;
}

/** Whether a name may be the key of an object that we make. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN.has(name);
}

export function parsePointer(text: string): Path {
  return text
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function formatPointer(path: readonly (string | number)[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
