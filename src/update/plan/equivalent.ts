import { isObject, type Json } from '../../lib/json/json-value.ts';
import { type Compare } from '../../providers/provider.ts';
import { isSame } from './compare.ts';

/**
 * Whether a value that reads back shows the wanted one, which vendors may write in a way of their own: an e-mail address
 * in lower case, an entry of a multi-valued attribute with more sub-attributes than were sent (RFC 7643 section 2.4).
 */
export function isSeen(now: Json | undefined, wanted: Json | undefined, how: Compare = 'exact'): boolean {
  if (isSame(now, wanted, how) || isSameAddress(now, wanted)) return true;
  return how === 'set' && Array.isArray(now) && Array.isArray(wanted) && showsEach(now, wanted);
}

/** Every wanted entry has one of its own, and none is left over. */
function showsEach(now: readonly Json[], wanted: readonly Json[]): boolean {
  const rest = [...now];
  // What says most goes first: an entry with fewer sub-attributes must not take the only one that fits another.
  const ordered = [...wanted].sort((a, b) => sizeOf(b) - sizeOf(a));
  for (const entry of ordered) {
    const at = rest.findIndex((shown) => showsEntry(shown, entry));
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return rest.length === 0;
}

function showsEntry(now: Json, wanted: Json): boolean {
  if (!isObject(now) || !isObject(wanted)) return isSeen(now, wanted) || isSame([now], [wanted], 'set');
  return Object.entries(wanted).every(([key, value]) => {
    const shown = Object.hasOwn(now, key) ? now[key] : undefined;
    return isSeen(shown, value) || (value === false && shown === undefined);
  });
}

function sizeOf(entry: Json): number {
  return isObject(entry) ? Object.keys(entry).length : 0;
}

/** Addresses are the same in any case, as every mail provider takes them, whatever RFC 5321 section 2.4 leaves open. */
function isSameAddress(now: Json | undefined, wanted: Json | undefined): boolean {
  if (typeof now !== 'string' || typeof wanted !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(wanted)) return false;
  return isSame(now.toLowerCase(), wanted.toLowerCase());
}
