import type * as z from 'zod';
import { isObject } from '../json-value.ts';
import { type Provider } from '../providers/provider.ts';
import { type ArgumentOptions, clearableNames, isSettable } from './arguments.ts';
import { knownParts } from './known-parts.ts';
import { printable } from './printable.ts';
import { suggest } from './suggest.ts';

const MAX_DEPTH = 24;
const MAX_KEYS = 100;

/** What no vendor record needs and some code downstream could trip over. Iterative, so that depth cannot harm it. */
export function unsafeShape(raw: unknown): string[] {
  const faults: string[] = [];
  const stack: { value: unknown; path: string; depth: number }[] = [{ value: raw, path: '', depth: 0 }];
  for (let item = stack.pop(); item !== undefined && faults.length < 10; item = stack.pop()) {
    const { value, path, depth } = item;
    const complain = (problem: string) => faults.push(`${printable(path) || 'arguments'}: ${problem}`);
    if (typeof value === 'string' && !value.isWellFormed()) complain('the text has a broken surrogate pair');
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) complain('the number is too large');
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      complain('a number beyond 2^53 has lost digits on its way here; send it as a string of digits');
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth === MAX_DEPTH) complain(`nested deeper than ${MAX_DEPTH} levels`);
    if (Object.hasOwn(value, '__proto__')) complain('__proto__ is not a field name');
    if (!Object.keys(value).every((key) => key.isWellFormed())) complain('a name has a broken surrogate pair');
    if (depth === MAX_DEPTH) continue;
    for (const [key, member] of Object.entries(value)) {
      stack.push({ value: member, path: path === '' ? key : `${path}.${key}`, depth: depth + 1 });
    }
  }
  return faults;
}

/** An argument that is a filler, not a wish. */
export interface FillerFault {
  path: readonly [string] | readonly [string, string];
  message: string;
}

/** Models fill arguments they do not need with null, "" or []. None of them is taken for a wish to empty a field. */
export function fillerFaults(provider: Provider, raw: unknown): FillerFault[] {
  const set = isObject(raw) && isObject(raw['set']) ? raw['set'] : {};
  const { names } = clearableNames(provider);
  const faults: FillerFault[] = [];
  const refuse = (path: FillerFault['path'], value: unknown, clearable: boolean) => {
    const name = printable(path.join('.'));
    const hint = clearable ? `to empty it use clear: ["${name}"]` : 'it cannot be emptied here; leave it out';
    faults.push({ path, message: `set.${name}: ${JSON.stringify(value)} is not a value to set; ${hint}` });
  };
  for (const [name, value] of Object.entries(set)) {
    const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
    if (!field) continue;
    if (isFiller(value) && !(value === '' && field.allowEmpty)) refuse([name], value, names.includes(name));
    if (!field.merge || !isObject(value)) continue;
    if (Object.keys(value).length > MAX_KEYS) {
      const message = `set.${name}: more than ${MAX_KEYS} keys at once are more than a person can judge; send fewer`;
      faults.push({ path: [name], message });
      continue;
    }
    for (const [key, part] of Object.entries(value)) {
      // In a free-form object an empty list is a value of the tenant's own.
      const filler = field.merge.keys ? isFiller(part) : part === null || part === '';
      if (filler) refuse([name, key], part, field.merge.clear !== undefined);
    }
  }
  return faults;
}

function isFiller(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The arguments without what was already complained about, so that no fault is named twice. */
export function withoutFillers(raw: unknown, faults: readonly FillerFault[]): unknown {
  if (faults.length === 0 || !isObject(raw) || !isObject(raw['set'])) return raw ?? {};
  const whole = new Set(faults.filter((fault) => fault.path.length === 1).map((fault) => fault.path[0]));
  const parts = new Set(faults.filter((fault) => fault.path.length === 2).map((fault) => fault.path.join('.')));
  const set = Object.entries(raw['set'])
    .filter(([name]) => !whole.has(name))
    .map(([name, value]) => {
      if (!isObject(value)) return [name, value];
      return [name, Object.fromEntries(Object.entries(value).filter(([key]) => !parts.has(`${name}.${key}`)))];
    });
  return { ...raw, set: Object.fromEntries(set) };
}

/** Whose arguments they are. */
export interface Addressee {
  provider: Provider;
  options: ArgumentOptions;
  /** The arguments its tool takes. */
  names: readonly string[];
}

/** What may stand at a path of the arguments: an argument, a field's name, or a key of a composite value. */
function namesAt({ provider, names }: Addressee, path: string): readonly string[] {
  if (path === '') return names;
  if (path === 'set') return Object.keys(provider.fields);
  const [, name = ''] = /^set\.(\w+)(?:\.\d+)?$/.exec(path) ?? [];
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  return [...(knownParts(field)?.keys() ?? [])];
}

/** A zod issue in our words. Names may be the caller's own text, so they are made printable; values never appear. */
export function issueFaults(addressee: Addressee, issue: z.core.$ZodIssue): string[] {
  const { provider } = addressee;
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const place = path === '' ? printable(key) : `${printable(path)}.${printable(key)}`;
      return `${place}: ${unknownName(addressee, path, key)}`;
    });
  }
  if (issue.path[0] === 'clear' && issue.path.length > 1) {
    const { names, prefixes } = clearableNames(provider);
    const allowed = [...names, ...prefixes.map((prefix) => `${prefix}KEY`)];
    const list = allowed.length > 0 ? `can be cleared: ${allowed.join(', ')}` : 'no field can be cleared';
    return [`${printable(path)}: ${provider.title} does not let one empty this; ${list}`];
  }
  return [`${path === '' ? 'arguments' : printable(path)}: ${issue.message.replace(/^Invalid input: /, '')}`];
}

function unknownName(addressee: Addressee, path: string, key: string): string {
  const { provider, options } = addressee;
  const field = path === 'set' && Object.hasOwn(provider.fields, key) ? provider.fields[key] : undefined;
  if (field && !isSettable(field, options))
    return `is a secret and is not taken as an argument; use ask_for: ["${key}"], a person then types it`;
  const names = namesAt(addressee, path);
  const misplaced = path === '' && Object.hasOwn(provider.fields, key);
  if (misplaced) return `not an argument; put it inside set: {"set": {"${key}": …}}`;
  const near = suggest(key, names);
  const what = path === 'set' ? `not a field ${provider.title} lets one write` : 'not a known name here';
  if (near) return `${what}; did you mean ${near}?`;
  return names.length === 0 ? what : `${what}; known: ${names.join(', ')}`;
}
