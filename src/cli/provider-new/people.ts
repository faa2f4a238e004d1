import type { Json, JsonObject } from '../../lib/json/json-value.ts';
import { openText } from '../../providers/declared/open-places.ts';
import { formatPointer, pointerFault } from '../../providers/declared/pointer.ts';
import type { Attributes, UserAttribute } from './attributes.ts';
import { typeOf } from './field-spec.ts';
import { guess, toWords } from './guesses.ts';
import { toFieldName } from './names.ts';
import type { Description } from './openapi/description.ts';
import { toShape, type ValueShape } from './openapi/schema.ts';
import type { UserRecords } from './record.ts';

/** What tells who a user is: label, e-mail addresses, status; and what else is only read for it. */
export interface PersonParts {
  ids: readonly string[];
  label: Json;
  emails: readonly Json[];
  apart: readonly string[];
  status: readonly JsonObject[];
  readOnly: Readonly<Record<string, Json>>;
  volatile: readonly string[];
}

export function personOf(
  description: Description,
  attributes: Attributes,
  records: UserRecords,
  id: string | undefined,
): PersonParts {
  const read = readAttributes(description, attributes, records);
  const { fields } = attributes;
  const ids = [id ?? 'id'];
  const all = [...fields, ...attributes.readOnly, ...read];
  const label = labelOf(all.map(({ name }) => name));
  const emails = all
    .map((one) => [one, emailSource(description, one)] as const)
    .filter(([, source]) => source.length > 0);
  const status = all.map((one) => [one, statusOf(one)] as const).find(([, words]) => words.length > 0);
  const needed = new Set([
    ...ids,
    ...label.flat(),
    ...emails.map(([{ name }]) => name),
    ...(status ? [status[0].name] : []),
  ]);
  const declared = [...attributes.readOnly, ...read.filter((one) => needed.has(one.name) || isVolatile(one))];
  const missing = ids
    .filter((name) => !declared.some((one) => one.name === name))
    .map((name) => readOnlyAttribute([name], NOTHING));
  const readOnly = [...declared, ...missing];
  return {
    ids,
    label: label.length > 0 ? label : openText(),
    emails: emails.flatMap(([, source]) => source),
    apart: APART.flatMap((wish) => fields.find(({ name }) => toWords([name]) === wish)?.name ?? []),
    status: status?.[1] ?? [],
    readOnly: Object.fromEntries(
      readOnly.map(({ name, path, spec }) => [name, isAtTop(name, path) ? (spec['sensitivity'] ?? openText()) : spec]),
    ),
    volatile: readOnly.filter(isVolatile).map(({ name }) => name),
  };
}

/** Changes with every write. */
function isVolatile({ path }: UserAttribute): boolean {
  return /\b(?:updated|modified|last (?:update|change))\b/.test(toWords(path));
}

const NOTHING: ValueShape = {
  types: new Set(),
  nullable: false,
  readOnly: true,
  writeOnly: false,
  limits: {},
  properties: new Map(),
  required: new Set(),
};
const APART = ['title', 'job title', 'position', 'department'];

/** Attributes at the top of what is read that cannot be written. */
function readAttributes(
  description: Description,
  { fields, open, readOnly }: Attributes,
  { read }: UserRecords,
): UserAttribute[] {
  const known = new Set([...fields, ...open, ...readOnly].flatMap(({ name, path }) => [name, path[0] ?? '']));
  return [...(read?.properties ?? [])].flatMap(([key, schemas]) =>
    known.has(key) || toFieldName(key) !== key || pointerFault(formatPointer([key])) !== undefined
      ? []
      : [readOnlyAttribute([key], toShape(description, schemas))],
  );
}

function readOnlyAttribute(path: readonly string[], shape: ValueShape): UserAttribute {
  const { sensitivity } = guess(path);
  return {
    name: path.join('_'),
    path,
    shape,
    spec: { pointer: formatPointer(path), sensitivity: openText(sensitivity) },
  };
}

function isAtTop(name: string, path: readonly string[]): boolean {
  return path.length === 1 && path[0] === name;
}

/** The first complete entry counts: a whole name, else first and last name, else what they log in with. */
function labelOf(names: readonly string[]): string[][] {
  const find = (wish: string) => names.find((name) => toWords([name]) === wish);
  const wishes = [
    ['display name'],
    ['full name'],
    ['real name'],
    ['name'],
    ['first name', 'last name'],
    ['given name', 'family name'],
    ['given name', 'surname'],
    ['username'],
    ['user name'],
    ['login'],
  ];
  return wishes.flatMap((wish) => {
    const found = wish.map(find).filter((name) => name !== undefined);
    return found.length === wish.length ? [found] : [];
  });
}

function emailSource(description: Description, { path, shape }: UserAttribute): Json[] {
  const words = toWords(path.slice(-1));
  const type = typeOf(shape);
  if (type === 'email' || (type === 'text' && /\be ?mail(?: address)?$/.test(words))) return [formatPointer(path)];
  if (type !== 'list' || !/\be ?mails?(?: addresses)?$/.test(words)) return [];
  const items = toShape(description, shape.items === undefined ? [] : [shape.items]);
  const value = ['value', 'email', 'email_address', 'address'].find((key) => items.properties.has(key));
  if (value !== undefined) return [{ pointer: formatPointer(path), value }];
  return items.properties.size === 0 ? [formatPointer(path)] : [];
}

/** A switch that lets them log in or not, or a word for it. */
function statusOf({ name, path, shape }: UserAttribute): JsonObject[] {
  const words = toWords(path.slice(-1)).replace(/^is /, '');
  if (typeOf(shape) === 'boolean') {
    if (/^(?:active|enabled)$/.test(words)) return [toStatus('active', name, true), toStatus('inactive', name, false)];
    const isOff = /^(?:suspended|blocked|banned|disabled|deactivated|locked|archived|deleted)$/.test(words);
    return isOff ? [toStatus(words, name, true)] : [];
  }
  if (words !== 'status' && words !== 'state') return [];
  return (shape.enum ?? []).flatMap((value) =>
    typeof value === 'string' && value !== '' ? [toStatus(value.toLowerCase(), name, value)] : [],
  );
}

function toStatus(is: string, name: string, value: Json): JsonObject {
  return { is, when: { [name]: [value] } };
}
