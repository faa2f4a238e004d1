import type { Settings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { parsePath } from '../../lib/json/field-path.ts';
import { quoteStart } from '../../lib/text/quote.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Connection } from '../../update/types.ts';
import { connectionOf } from '../known-provider.ts';
import { likeField, pathFault } from './reading/columns.ts';
import type { CsvOptions } from './reading/csv-lines.ts';
import { type FileFormat, formatOfFile } from './reading/formats.ts';

export interface ApplyOptions {
  provider?: string;
  connection?: string;
  format?: string;
  id?: string;
  'find-by'?: string;
  map?: string[];
  ignore?: string[];
  'clear-empty'?: boolean;
  'dry-run'?: boolean;
  'all-or-nothing'?: boolean;
  reason?: string;
  resume?: string;
  config?: string;
  json?: boolean;
}

/** What a file is and how it is read. */
export interface FileOptions {
  path: string;
  format: FileFormat;
  connection: Connection;
  reading: CsvOptions;
}

/** Options that a resumed batch has from its first run. */
const OF_A_FILE = [
  'provider',
  'connection',
  'format',
  'id',
  'find-by',
  'map',
  'ignore',
  'clear-empty',
  'dry-run',
  'all-or-nothing',
  'reason',
] as const;

/** Throws a UsageError for what cannot be given together with `--resume`. */
export function checkResume(values: ApplyOptions, file: string | undefined): void {
  const other = OF_A_FILE.find((name) => values[name] !== undefined);
  if (file === undefined && other === undefined) return;
  throw new UsageError(
    `--resume: goes on with a batch as it was begun; it takes no ${file === undefined ? `--${other}` : 'FILE'}`,
  );
}

/** Reads the options of a file. Throws a UsageError for what does not fit the provider. */
export function readFileOptions(path: string, values: ApplyOptions, settings: Settings): FileOptions {
  const connection = connectionOf(settings, values);
  const format = formatOfFile(path, values.format);
  const forCsv = (['map', 'ignore', 'clear-empty'] as const).find((name) => values[name] !== undefined);
  if (format === 'jsonl' && forCsv) throw new UsageError(`--${forCsv}: is for CSV; JSON Lines have set and clear`);
  const email = emailColumn(values['find-by']);
  const { allowSecretInput } = settings.policy;
  const reading: CsvOptions = {
    id: values.id ?? (email === undefined ? 'user_id' : undefined),
    email,
    map: readMap(values.map ?? [], connection.provider, allowSecretInput),
    ignored: values.ignore ?? [],
    clearsEmpty: values['clear-empty'] ?? false,
    allowSecretInput,
  };
  checkOnce(reading);
  return { path, format, connection, reading };
}

function emailColumn(option: string | undefined): string | undefined {
  if (option === undefined) return undefined;
  const [, column] = /^email=(.+)$/s.exec(option) ?? [];
  if (column === undefined) throw new UsageError('--find-by: expected email=COLUMN');
  return column;
}

/** `COLUMN=FIELD`; a column may have an equals sign in its name, the path of a field hardly ever. */
function readMap(texts: readonly string[], provider: Provider, allowSecretInput: boolean): Map<string, string> {
  const map = new Map<string, string>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    if (at < 1 || at === text.length - 1) throw new UsageError('--map: expected COLUMN=FIELD');
    const [column, field] = [text.slice(0, at), text.slice(at + 1)];
    const path = parsePath(field);
    const fault = path ? pathFault(provider, path, { allowSecretInput }) : 'not the path of a field';
    if (fault !== undefined) {
      const near = likeField(provider, field);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      throw new UsageError(`--map ${quoteStart(text, 64)}: ${quoteStart(field, 64)} is ${fault}${hint}`);
    }
    if (map.has(column)) throw new UsageError(`--map: the column ${quoteStart(column, 64)} is given twice`);
    map.set(column, field);
  }
  return map;
}

/** A column has one purpose. */
function checkOnce({ id, email, map, ignored }: CsvOptions): void {
  const named = [...(id === undefined ? [] : [id]), ...(email === undefined ? [] : [email]), ...map.keys(), ...ignored];
  const twice = named.find((name, at) => named.indexOf(name) < at);
  if (twice !== undefined) {
    throw new UsageError(`the column ${quoteStart(twice, 64)} has two purposes: --id, --find-by, --map or --ignore`);
  }
}
