import { formatPath, parsePath } from '../../../lib/json/field-path.ts';
import { joinNames } from '../../../lib/text/name-list.ts';
import { quoteStart } from '../../../lib/text/quote.ts';
import { toShellWord } from '../../../lib/text/shell-word.ts';
import { suggest } from '../../../lib/text/suggest.ts';
import type { Provider } from '../../../providers/provider.ts';
import { isSettable } from '../../../update/request/schema.ts';
import { type Convert, converterFor } from './convert.ts';
import { UnreadableFile } from './fault.ts';

/** Which columns say who is meant and what is set. */
export interface ColumnOptions {
  /** The column with the vendor's id; undefined if people are found by another column alone. */
  id: string | undefined;
  /** The column with the e-mail address by which people are looked up. */
  email: string | undefined;
  /** Fields by column. */
  map: ReadonlyMap<string, string>;
  ignored: readonly string[];
}

/** What a column is for. */
export type Column =
  | { kind: 'id' | 'email' | 'ignored' }
  | { kind: 'field'; name: string; path: readonly string[]; convert: Convert };

/** What the columns of a CSV file are for, by its header. Throws a UnreadableFile with every fault of it. */
export function readColumns(
  header: readonly string[],
  line: number,
  provider: Provider,
  options: ColumnOptions & { allowSecretInput: boolean },
): Column[] {
  const separator = otherSeparator(header);
  const faults: string[] = [];
  const at = (nth: number) => `column ${nth + 1}, ${named(header[nth] ?? '')}`;
  const columns = header.map((name, nth): Column => {
    if (name === '') faults.push(`column ${nth + 1} has no name`);
    else if (header.indexOf(name) < nth) faults.push(`${at(nth)}: is there twice`);
    if (name === options.id) return { kind: 'id' };
    if (name === options.email) return { kind: 'email' };
    if (options.ignored.includes(name)) return { kind: 'ignored' };
    const field = options.map.get(name) ?? name;
    const path = parsePath(field);
    const fault = path ? pathFault(provider, path, options) : 'not the path of a field';
    if (path && fault === undefined) return { kind: 'field', name, path, convert: toConvert(provider, path) };
    if (name !== '') faults.push(`${at(nth)}: ${fault}${hintFor(provider, field, name, options)}`);
    return { kind: 'ignored' };
  });
  faults.push(...missingColumns(header, options), ...overlaps(columns));
  if (separator !== undefined && faults.length > 0) {
    throw new UnreadableFile(
      `its columns are separated by ${separator}, not by commas. Save it with commas, as RFC 4180 has it: "CSV UTF-8 (comma delimited)".`,
      { line, column: 1 },
    );
  }
  if (faults.length === 0 && !columns.some(({ kind }) => kind === 'field'))
    faults.push('no column names a field to change');
  if (faults.length > 0) throw new UnreadableFile(faults.join('\n'), { line });
  return columns;
}

/** Why nothing can be set at this path; undefined if something can. */
export function pathFault(
  provider: Provider,
  [name = '', ...keys]: readonly string[],
  options: { allowSecretInput: boolean },
): string | undefined {
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  if (!field) return `not a field of ${provider.title} that can be written`;
  if (!isSettable(field, options)) return 'a secret, which the policy does not take from a file (allowSecretInput)';
  const [key] = keys;
  if (key === undefined) return undefined;
  const isKey = field.merge && (!field.merge.keys || (field.merge.keys.includes(key) && keys.length === 1));
  return isKey ? undefined : `not a key of ${name} that can be set by itself`;
}

/** The field that was probably meant. */
export function likeField(provider: Provider, typed: string): string | undefined {
  const names = Object.entries(provider.fields).flatMap(([name, { merge }]) => [
    name,
    ...(merge?.keys ?? []).map((key) => formatPath([name, key])),
  ]);
  return suggest(typed, names);
}

function hintFor(provider: Provider, field: string, column: string, { map }: ColumnOptions): string {
  const near = likeField(provider, field);
  if (map.has(column)) return near === undefined ? '' : `; did you mean ${near}?`;
  if (!/^[\p{L}\p{N}\p{P}\p{S} ]{1,64}$/u.test(column)) return '; give it another name, or --ignore it';
  const mapped = near === undefined ? '' : `--map ${toShellWord(`${column}=${near}`)}, or `;
  return `; give ${mapped}--ignore ${toShellWord(column)}`;
}

function toConvert(provider: Provider, [name = '', ...keys]: readonly string[]): Convert {
  const field = provider.fields[name];
  if (!field) throw new Error(`no field ${name}`);
  return converterFor(field, keys);
}

function missingColumns(header: readonly string[], { id, email, map, ignored }: ColumnOptions): string[] {
  const missing = (name: string, option: string) => {
    if (header.includes(name)) return [];
    const near = suggest(name, header);
    return [
      `there is no column ${named(name)} (${option})${near === undefined ? '' : `; did you mean ${named(near)}?`}`,
    ];
  };
  return [
    ...(id === undefined ? [] : missing(id, '--id')),
    ...(email === undefined ? [] : missing(email, '--find-by')),
    ...[...map.keys()].flatMap((name) => missing(name, '--map')),
    ...ignored.flatMap((name) => missing(name, '--ignore')),
  ];
}

/** Two columns for one place, or for a place and one inside of it. */
function overlaps(columns: readonly Column[]): string[] {
  const fields = columns.flatMap((column) => (column.kind === 'field' ? [column] : []));
  return fields.flatMap((one, nth) => {
    const other = fields.slice(0, nth).find(({ path }) => isWithin(path, one.path) || isWithin(one.path, path));
    return other ? [`the columns ${named(other.name)} and ${named(one.name)} set the same field`] : [];
  });
}

function isWithin(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.every((key, at) => inner[at] === key);
}

/** A file without a header has values where names are expected, so not all of a long one is repeated. */
function named(column: string): string {
  return quoteStart(column, 64);
}

/** What separates the columns, if it is not a comma: then there is hardly a column with the name of a field. */
function otherSeparator(header: readonly string[]): string | undefined {
  const separators = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };
  const text = header.join('');
  const found = Object.entries(separators).filter(([sign]) => text.includes(sign));
  return found.length === 0 ? undefined : joinNames(found.map(([, name]) => name));
}
