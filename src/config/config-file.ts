import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import { bounds } from '../bounds.ts';
import { UsageError } from '../errors.ts';
import { interpolate } from './interpolate.ts';
import { type JsonFile, readJsonFile } from './json/file.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { refusePlaceholders, refusePlaceholderTexts } from './values.ts';

/** A configuration file with its references filled in. */
export interface ReadConfig {
  file: ConfigFile;
  /** Runs a further check of the file. A UsageError that names a key of the file gets its line and column. */
  withPositions<T>(check: () => T): T;
}

/** Reads and checks the configuration file; variables that it refers to are added to `used`. Throws a UsageError. */
export function readConfigFile(path: string, env: NodeJS.ProcessEnv, used: Set<string>): ReadConfig {
  const json = readJsonFile(path);
  const withPositions = <T>(check: () => T): T => {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(firstLines(error.message.split('\n'), (line) => withPosition(line, json)));
    }
  };
  const filled = withPositions(() => {
    const texts = interpolate(json.value, env, used, dirname(resolve(path)));
    refusePlaceholders(env, [...used]);
    refusePlaceholderTexts(texts);
    return texts;
  });
  return { file: toConfig(withoutEmpty(filled, json.value), json), withPositions };
}

/** Leaves out `""`, which `${env:NAME:-}` becomes when the variable is not set. In a rule it is a value, and stays. */
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
  if (parsed.success) return parsed.data as ConfigFile; // `configSchema` is built from the sections of this type
  throw new UsageError(firstLines(parsed.error.issues.flatMap(toMistakes), (mistake) => describe(mistake, json)));
}

/** Only the first mistakes are described: each costs a pass over the file for its position. */
function firstLines<T>(mistakes: readonly T[], describeOne: (mistake: T) => string): string {
  const lines = mistakes.slice(0, bounds.listedFaults).map(describeOne);
  const more = mistakes.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

interface FileMistake {
  path: string;
  /** Absent for an unknown key. */
  message?: string;
}

function toMistakes(issue: z.core.$ZodIssue): FileMistake[] {
  const path = issue.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  if (issue.code !== 'unrecognized_keys') {
    return [{ path, message: issue.message.replace(/^Invalid (input|option): /, '') }];
  }
  return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}` }));
}

function describe({ path, message }: FileMistake, { path: file, positionOf }: JsonFile): string {
  const shown = path.replace(/\p{Cc}/gu, '?').slice(0, MAX_PATH) || 'the file';
  if (message === undefined) return `${file}: ${shown}: not a known key (${positionOf(path, 'key')})`;
  return `${file}: ${shown}: ${message} (${positionOf(path)})`;
}

const MAX_PATH = 200;

/** Appends the position of the key that a line such as `policy.rules[0].field: …` begins with, if it is in the file. */
function withPosition(line: string, { path: file, positionOf }: JsonFile): string {
  const [, path, quoted] = /^(.+?): (?:"([^"]+)": )?/.exec(line) ?? [];
  if (path === undefined || path === file) return line;
  const isKey = quoted !== undefined || /: not a known (?:key|setting)$/.test(line);
  const position = positionOf(quoted === undefined ? path : `${path}.${quoted}`, isKey ? 'key' : 'value');
  return position === undefined ? line : `${line} (${position} of ${file})`;
}
