import { UsageError } from '../../errors.ts';
import { stringifyJson } from '../../lib/json/json.ts';
import { toPlain } from '../../server/mcp/results.ts';
import { toListed } from '../../server/mcp/tools/listed-change.ts';
import type { Entry, ListedChange } from '../../store/log/entry.ts';
import { csvHead, toCsv } from './csv.ts';
import { FORMATS, type Format } from './format-names.ts';
import { toOcsf } from './ocsf.ts';

/** How items are written one after the other, however many there are. */
export interface Writing<Item> {
  head: string;
  item(item: Item, nth: number): string;
  foot: string;
}

/** `--json` is a short form of a format. */
export function formatOf(
  { format, json }: { format?: string; json?: boolean },
  { standard, short }: { standard: Format; short: Format },
): Format {
  const named = FORMATS.find((one) => one === format);
  if (json && named !== undefined && named !== short)
    throw new UsageError(`--json: is --format ${short}; give one of the two`);
  return named ?? (json ? short : standard);
}

const CHANGES: Readonly<Record<Exclude<Format, 'table'>, Writing<ListedChange>>> = {
  json: asArray((change) => JSON.stringify(toPlain(toListed(change)))),
  jsonl: asLines((change) => JSON.stringify(toPlain(toListed(change)))),
  csv: { head: csvHead(), item: toCsv, foot: '' },
  ocsf: asLines((change) => stringifyJson(toOcsf(change))),
};

/** Changes, each with its last entry. */
export function writingOfChanges(format: Exclude<Format, 'table'>): Writing<ListedChange> {
  return CHANGES[format];
}

/** Entries as they are stored: what recomputing the hash chain needs. */
export function writingOfEntries(format: 'json' | 'jsonl'): Writing<Entry> {
  return format === 'json' ? asArray(stringifyJson) : asLines(stringifyJson);
}

function asLines<Item>(toText: (item: Item) => string): Writing<Item> {
  return { head: '', item: (item) => `${toText(item)}\n`, foot: '' };
}

function asArray<Item>(toText: (item: Item) => string): Writing<Item> {
  return { head: '[', item: (item, nth) => `${nth === 0 ? '' : ','}${toText(item)}`, foot: ']\n' };
}
