import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import { fieldOf, type Provider } from '../providers/provider.ts';
import { bareReferences } from '../update/plan/references.ts';
import { sensitivityOf } from '../update/redact/sensitivity.ts';

const SHOWN_CHARACTERS = 60;

/**
 * What distinguishes users with the same name, for each of these records: the fewest public fields whose values differ.
 * The fields in the provider's `apart` (title, department …) come first.
 */
export function differencesOf(provider: Provider, records: readonly JsonObject[]): Record<string, Json>[] {
  const declared = [...Object.keys(provider.fields), ...Object.keys(provider.readOnly)];
  const others = declared.filter((name) => !provider.ids.includes(name));
  // A second id is a last resort; the first is shown anyway.
  const names = [...new Set([...(provider.apart ?? []), ...others, ...provider.ids.slice(1)])];
  const candidates = names.filter((name) => isPublic(provider, name)).map((name) => valuesOf(provider, name, records));
  const taken: Candidate[] = [];
  for (const candidate of candidates) {
    const before = countOf(taken, records.length);
    if (before === records.length) break;
    if (countOf([...taken, candidate], records.length) > before) taken.push(candidate);
  }
  return records.map((_, at) =>
    Object.fromEntries(taken.flatMap(({ name, values }) => (values[at] === undefined ? [] : [[name, values[at]]]))),
  );
}

interface Candidate {
  name: string;
  values: (Json | undefined)[];
}

function isPublic(provider: Provider, name: string): boolean {
  // A volatile attribute says nothing about the user.
  return !provider.volatile.includes(name) && sensitivityOf(provider, name) === 'public';
}

function valuesOf(provider: Provider, name: string, records: readonly JsonObject[]): Candidate {
  const field = fieldOf(provider, name);
  return {
    name,
    values: records.map((record) => {
      const value = bareReferences(record[name], field);
      if (typeof value === 'string')
        return Array.from(value.slice(0, 400)).slice(0, SHOWN_CHARACTERS).join('') || undefined;
      return isObject(value) || Array.isArray(value) || value === null ? undefined : value;
    }),
  };
}

/** How many of the records these fields distinguish. */
function countOf(candidates: readonly Candidate[], count: number): number {
  const rows = Array.from({ length: count }, (_, at) =>
    JSON.stringify(candidates.map(({ values }) => (values[at] === undefined ? null : String(values[at])))),
  );
  return new Set(rows).size;
}
