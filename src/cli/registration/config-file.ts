import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readJsonFile } from '../../config/json/file.ts';
import { UsageError } from '../../errors.ts';
import { errorCode } from '../../lib/error-code.ts';
import type { Provider } from '../../providers/provider.ts';
import { starterConnections, type Variables } from '../starter.ts';

/** The configuration file that a registration names. */
export interface RegisteredConfig {
  /** An absolute path. */
  path: string;
  /** The content of a file that does not exist yet. */
  text?: string;
  /** The variables that it refers to. */
  variables: Variables;
  /** Files that it refers to, each for the value of one variable. */
  secretFiles: readonly string[];
}

/** A configuration of these providers for `path`; secrets are in files beside it for a client that passes on none. */
export function newConfig(
  path: string,
  chosen: readonly Provider[],
  { secretsInFiles }: { secretsInFiles: boolean },
): RegisteredConfig {
  const folder = join(dirname(path), `${basename(path, '.json')}.secrets`);
  if (secretsInFiles && /[{}]/.test(folder)) throw new UsageError(`${path}: choose a path without { and }`);
  const fileOf = (variable: string) => join(folder, variable);
  // An optional variable that is set counts too: without its address a sandbox's token would go to the vendor.
  const isInFile = (variable: string, kind: keyof Variables) =>
    secretsInFiles && (kind === 'required' || Boolean(process.env[variable]));
  const { connections, variables } = starterConnections(chosen, (variable, kind) =>
    isInFile(variable, kind) ? `\${file:${fileOf(variable)}}` : undefined,
  );
  const split = (kind: keyof Variables, inFile: boolean) =>
    variables[kind].filter((variable) => isInFile(variable, kind) === inFile);
  return {
    path,
    text: toConfigText(connections),
    variables: { required: split('required', false), optional: split('optional', false) },
    secretFiles: [...split('required', true), ...split('optional', true)].map(fileOf),
  };
}

export function toConfigText(connections: object): string {
  const config = { ...connections, policy: { rules: [{ effect: 'lifecycle', decision: 'confirm' }] } };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** A configuration that is there and names these presets: without them their connections do not work. */
export function configWithPresets(path: string, presets: readonly string[]): RegisteredConfig {
  const config = existingConfig(path);
  const text = readFileSync(path, 'utf8');
  const missing = presets.find((preset) => !text.includes(JSON.stringify(`preset:${preset}`)));
  if (missing === undefined) return config;
  throw new UsageError(
    `${path}: exists and does not name preset:${missing}; add it to "providers" there with a connection, or give another --file`,
  );
}

/** A configuration that is there. Throws a UsageError if it cannot be read or is not JSON. */
export function existingConfig(path: string): RegisteredConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: cannot be read (${errorCode(error) ?? 'failed'})`);
  }
  readJsonFile(path);
  const found = [...text.matchAll(/\$\{env:([A-Za-z_]\w*)(:-[^}]*)?\}/g)];
  const required = new Set(
    found.flatMap(([, name, fallback]) => (name !== undefined && fallback === undefined ? [name] : [])),
  );
  const others = found.flatMap(([, name]) => (name !== undefined && !required.has(name) ? [name] : []));
  const secretFiles = [...text.matchAll(/\$\{file:([^}]*)\}/g)].flatMap(([, file]) =>
    file ? resolve(dirname(path), file) : [],
  );
  return { path, variables: { required: [...required], optional: [...new Set(others)] }, secretFiles };
}

/** Writes a new configuration with mode 0600, and an empty folder for its secrets. Never over an existing file. */
export function writeConfig({ path, text, secretFiles: [secret] }: RegisteredConfig): void {
  if (text === undefined) return;
  if (secret !== undefined) createSecretFolder(dirname(secret));
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = errorCode(error) ?? 'failed';
    throw new UsageError(
      `${path}: ${code === 'EEXIST' ? 'already exists and is left as it is' : `cannot be written (${code})`}`,
    );
  }
}

function createSecretFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const ignore = join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new UsageError(`${folder}: no folder for secrets can be made there (${errorCode(error) ?? 'failed'})`);
  }
}
