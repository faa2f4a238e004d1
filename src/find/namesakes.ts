import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import type { Provider } from '../providers/provider.ts';
import { bareReferences } from '../update/plan/references.ts';

const SHOWN_CHARACTERS = 60;

/**
 * What tells people of one name apart, for each of these records: public fields whose values differ, as few as are
 * enough. The provider says which come first (title, department …); what it does not name is taken where they do not help.
 */
export function differencesOf(provider: Provider, records: readonly JsonObject[]): Record<string, Json>[] {
  const declared = [...Object.keys(provider.fields), ...Object.keys(provider.readOnly)];
  const others = declared.filter((name) => !provider.ids.includes(name));
  // A second id is better than nothing; the first stands in every row.
  const names = [...new Set([...(provider.apart ?? []), ...others, ...provider.ids.slice(1)])];
  const shown = names.filter((name) => isPublic(provider, name)).map((name) => valuesOf(provider, name, records));
  const taken: (typeof shown)[number][] = [];
  for (const candidate of shown) {
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
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  const readOnly = Object.hasOwn(provider.readOnly, name) ? provider.readOnly[name] : undefined;
  // What moves with every write tells nothing of the person.
  return !provider.volatile.includes(name) && (field?.sensitivity ?? readOnly) === 'public';
}

function valuesOf(provider: Provider, name: string, records: readonly JsonObject[]): Candidate {
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
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

/** How many of the records these fields tell apart: the number of rows that differ. */
function countOf(candidates: readonly Candidate[], count: number): number {
  const rows = Array.from({ length: count }, (_, at) =>
    JSON.stringify(candidates.map(({ values }) => (values[at] === undefined ? null : String(values[at])))),
  );
  return new Set(rows).size;
}
