import type * as z from 'zod';
import { UsageError } from '../errors.ts';
import { interpolate } from './interpolate.ts';
import { type JsonFile, readJsonFile } from './json-file.ts';
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
      throw new UsageError(
        error.message
          .split('\n')
          .map((line) => withPlace(line, json))
          .join('\n'),
      );
    }
  };
  const file = withPlaces(() => {
    const filled = interpolate(json.value, env, used);
    refusePlaceholders(env, [...used]);
    refusePlaceholderTexts(filled);
    return toConfig(withoutEmpty(filled, json.value), json);
  });
  return { file, withPlaces };
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
  throw new UsageError(parsed.error.issues.flatMap((issue) => describe(issue, json)).join('\n'));
}

function describe(issue: z.core.$ZodIssue, { path: file, placeOf }: JsonFile): string[] {
  const path = issue.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const whole = path === '' ? key : `${path}.${key}`;
      return `${file}: ${whole}: not a known key (${placeOf(whole, 'key')})`;
    });
  }
  const message = issue.message.replace(/^Invalid (input|option): /, '');
  return [`${file}: ${path || 'the file'}: ${message} (${placeOf(path)})`];
}

/** `policy.rules[0].field: …` with the place of that key behind it, where it is one of the file. */
function withPlace(line: string, { path: file, placeOf }: JsonFile): string {
  const [, path, quoted] = /^(.+?): (?:"([^"]+)": )?/.exec(line) ?? [];
  if (path === undefined || path === file) return line;
  const isKey = quoted !== undefined || /: not a known (?:key|setting)$/.test(line);
  const place = placeOf(quoted === undefined ? path : `${path}.${quoted}`, isKey ? 'key' : 'value');
  return place === undefined ? line : `${line} (${place} of ${file})`;
}
