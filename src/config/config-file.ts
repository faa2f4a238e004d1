import type * as z from 'zod';
import { bounds } from '../bounds.ts';
import { UsageError } from '../errors.ts';
import { interpolate } from './interpolate.ts';
import { type JsonFile, readJsonFile } from './json/file.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { refusePlaceholders, refusePlaceholderTexts } from './values.ts';

/** A configuration file, its references filled in. */
export interface ReadConfig {
  file: ConfigFile;
  /** Runs what checks the file further. A UsageError out of it that names a key of the file gets line and column. */
  withPlaces<T>(check: () => T): T;
}

/** Reads and checks the configuration file; variables it refers to are added to `used`. Throws a UsageError. */
export function readConfigFile(path: string, env: NodeJS.ProcessEnv, used: Set<string>): ReadConfig {
  const json = readJsonFile(path);
  const withPlaces = <T>(check: () => T): T => {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(named(error.message.split('\n'), (line) => withPlace(line, json)));
    }
  };
  const filled = withPlaces(() => {
    const texts = interpolate(json.value, env, used);
    refusePlaceholders(env, [...used]);
    refusePlaceholderTexts(texts);
    return texts;
  });
  return { file: toConfig(withoutEmpty(filled, json.value), json), withPlaces };
}

/** An empty text is what `${env:NAME:-}` leaves of a variable that is not set: not given. In a rule it is a value. */
function withoutEmpty(filled: unknown, written: unknown): unknown {
  if (!isMembers(filled) || !isMembers(written)) return filled;
  const isGiven = ([key, value]: [string, unknown]) =>
    value !== '' || written[key] === '' || !['store', 'key', 'log'].includes(key);
  return Object.fromEntries(Object.entries(filled).filter(isGiven));
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toConfig(filled: unknown, json: JsonFile): ConfigFile {
  const names = isMembers(filled) ? Object.keys(filled) : [];
  const parsed = configSchema(names).safeParse(filled, { reportInput: false });
  if (parsed.success) return parsed.data as ConfigFile; // made of the same parts, by name
  throw new UsageError(named(parsed.error.issues.flatMap(toFaults), (fault) => describe(fault, json)));
}

/** The first of many: each costs a walk through the file for its place. */
function named<T>(faults: readonly T[], describeOne: (fault: T) => string): string {
  const lines = faults.slice(0, bounds.listedFaults).map(describeOne);
  const more = faults.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

interface Fault {
  path: string;
  /** Absent where the key itself is what is wrong. */
  message?: string;
}

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  if (issue.code !== 'unrecognized_keys') {
    return [{ path, message: issue.message.replace(/^Invalid (input|option): /, '') }];
  }
  return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}` }));
}

function describe({ path, message }: Fault, { path: file, placeOf }: JsonFile): string {
  const shown = path.replace(/\p{Cc}/gu, '?').slice(0, MAX_PATH) || 'the file';
  if (message === undefined) return `${file}: ${shown}: not a known key (${placeOf(path, 'key')})`;
  return `${file}: ${shown}: ${message} (${placeOf(path)})`;
}

const MAX_PATH = 200;

/** `policy.rules[0].field: …` with the place of that key behind it, where it is one of the file. */
function withPlace(line: string, { path: file, placeOf }: JsonFile): string {
  const [, path, quoted] = /^(.+?): (?:"([^"]+)": )?/.exec(line) ?? [];
  if (path === undefined || path === file) return line;
  const isKey = quoted !== undefined || /: not a known (?:key|setting)$/.test(line);
  const place = placeOf(quoted === undefined ? path : `${path}.${quoted}`, isKey ? 'key' : 'value');
  return place === undefined ? line : `${line} (${place} of ${file})`;
}
