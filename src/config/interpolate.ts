import { UsageError } from '../errors.ts';
import { readSecretFile, SecretFileError } from '../lib/files/secret-file.ts';
import { placeholderFault } from './values.ts';

/**
 * Resolves `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` in every string of the configuration. A file has to
 * be a secret file. Adds the names of the variables to `used`. Throws a UsageError with the key and without any value.
 */
export function interpolate(value: unknown, env: NodeJS.ProcessEnv, used: Set<string>, path = ''): unknown {
  if (typeof value === 'string') return fill(value, env, used, path);
  if (Array.isArray(value)) return value.map((entry, index) => interpolate(entry, env, used, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      interpolate(member, env, used, path === '' ? key : `${path}.${key}`),
    ]),
  );
}

function fill(text: string, env: NodeJS.ProcessEnv, used: Set<string>, path: string): string {
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
    if (inside.startsWith('file:')) return readSecret(inside.slice('file:'.length), env, path);
    const found = /^[\w.:-]{1,64}$/.test(inside) ? `, not \${${inside}}` : '';
    throw new UsageError(`${path}: expected \${env:NAME}, \${env:NAME:-default} or \${file:/path}${found}`);
  });
}

function readSecret(file: string, env: NodeJS.ProcessEnv, path: string): string {
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
