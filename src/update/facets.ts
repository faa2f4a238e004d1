import { isExact, isObject, type Json } from '../json-value.ts';
import { type Field } from '../providers/provider.ts';
import { isSame } from './compare.ts';
import { bareReferences } from './reference.ts';
import type { Change } from './types.ts';

/** One thing that moves in a change: every text it had, and every text it gets; `['']` for nothing. */
export interface Facet {
  before: readonly string[];
  after: readonly string[];
}

/**
 * What moves in a change, piece by piece, so that a rule on values is asked about each: of a list every entry that comes
 * and, where fewer come than go, every entry that goes; of a merged object every key that moves; else the value as a whole. What
 * stays as it is says nothing about the change, and one entry must not vouch for another.
 */
export function facetsOf(change: Change): Facet[] {
  const { parts = {}, merge } = change.definition;
  // By its id, whatever else the vendor shows of what is referred to.
  const [before, after] = [change.before, change.after].map((value) => bareReferences(value, change.definition));
  const facet = (old: Json | undefined, wanted: Json | undefined): Facet => ({
    before: textsOf(old, parts),
    after: textsOf(wanted, parts),
  });
  if (Array.isArray(before) || Array.isArray(after)) {
    const [gone, come] = movedEntries(before, after);
    const replaced = come.map((entry) => facet(gone, entry));
    // Where more goes than comes something is taken away, and what comes instead of another must not hide that.
    const taken = gone.length > come.length ? gone.map((entry) => facet(entry, undefined)) : [];
    const pieces = [...replaced, ...taken];
    if (pieces.length > 0) return pieces;
  } else if (merge) {
    const [old, wanted] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(wanted)])];
    const moved = keys.filter((key) => !isSame(old[key], wanted[key]));
    if (moved.length > 0) return moved.map((key) => facet(old[key], wanted[key]));
  }
  return [facet(before, after)];
}

/** The entries of a list that go and those that come. */
export function movedEntries(before: Json | undefined, after: Json | undefined): [gone: Json[], come: Json[]] {
  const [old, wanted] = [Array.isArray(before) ? before : [], Array.isArray(after) ? after : []];
  const isIn = (list: readonly Json[], entry: Json) => list.some((other) => isSame([entry], [other], 'set'));
  return [old.filter((entry) => !isIn(wanted, entry)), wanted.filter((entry) => !isIn(old, entry))];
}

/** Every text in a value, but for its public `parts`: labels, such as the type of an e-mail, say nothing by themselves. */
function textsOf(value: Json | undefined, parts: NonNullable<Field['parts']>): string[] {
  if (value === undefined || value === null) return [''];
  if (typeof value !== 'object' || isExact(value)) return [String(value)];
  const members = Array.isArray(value)
    ? value
    : Object.entries(value).flatMap(([key, member]) => (parts[key] === 'public' ? [] : [member]));
  return members.length === 0 ? [''] : members.flatMap((member) => textsOf(member, parts));
}
