import { isAbsolute, sep } from 'node:path';
import { UsageError } from '../errors.ts';
import { readSecretFile, SecretFileError } from '../lib/files/secret-file.ts';
import { placeholderFault } from './values.ts';

/** Where the values of references come from. */
interface Sources {
  env: NodeJS.ProcessEnv;
  /** The names of the variables that were looked up. */
  used: Set<string>;
  /** Where relative paths start. */
  folder: string;
  /** What is wrong with references, one line each. */
  faults: string[];
}

/**
 * Resolves `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` in every string of the configuration. A file has to
 * be a secret file; a relative path starts at `folder`, that of the configuration file. Adds the names of the variables
 * to `used`. Throws a UsageError with a line for each wrong string: its key, and no value.
 */
export function interpolate(value: unknown, env: NodeJS.ProcessEnv, used: Set<string>, folder = '.'): unknown {
  const sources: Sources = { env, used, folder, faults: [] };
  const filled = fillAll(value, sources, '');
  if (sources.faults.length > 0) throw new UsageError(sources.faults.join('\n'));
  return filled;
}

function fillAll(value: unknown, sources: Sources, path: string): unknown {
  if (typeof value === 'string') return tryFill(value, sources, path);
  if (Array.isArray(value)) return value.map((entry, index) => fillAll(entry, sources, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, fillAll(member, sources, path === '' ? key : `${path}.${key}`)]),
  );
}

function tryFill(text: string, sources: Sources, path: string): string {
  try {
    return fill(text, sources, path);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    sources.faults.push(error.message);
    return text;
  }
}

function fill(text: string, sources: Sources, path: string): string {
  const { env, used } = sources;
  return text.replace(/\$\{([^}]*)(\}?)/g, (_, inside: string, end: string) => {
    // Without its closing brace it would be used literally, for example as an API key.
    if (end === '' || inside.includes('${')) throw new UsageError(`${path}: a \${ is not closed by a }`);
    const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside);
    if (variable) {
      const [, name = '', fallback] = variable;
      used.add(name);
      const value = env[name] || fallback;
      if (value === undefined) throw new UsageError(`${path}: the environment variable ${name} is not set`);
      return value;
    }
    if (inside.startsWith('file:')) return readSecret(inside.slice('file:'.length), sources, path);
    const found = /^[\w.:-]{1,64}$/.test(inside) ? `, not \${${inside}}` : '';
    throw new UsageError(`${path}: expected \${env:NAME}, \${env:NAME:-default} or \${file:/path}${found}`);
  });
}

function readSecret(name: string, { env, folder }: Sources, path: string): string {
  // Not normalized: whether a path has a `..` decides about who may read the file.
  const file = isAbsolute(name) ? name : `${folder}${sep}${name}`;
  try {
    const text = readSecretFile(file, env);
    const fault = text === '' ? 'is empty' : placeholderFault(text);
    if (fault !== undefined) throw new UsageError(`${path}: ${file} ${fault}`);
    return text;
  } catch (error) {
    if (error instanceof SecretFileError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}
