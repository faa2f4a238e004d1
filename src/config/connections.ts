import type * as z from 'zod';
import { UsageError } from '../errors.ts';
import { isLoopback } from '../lib/loopback.ts';
import type { Field } from '../providers/field.ts';
import { baseUrlOf, headersOf } from '../providers/interpret/address.ts';
import { tokenClientOf } from '../providers/interpret/token-client.ts';
import { contradictingField } from '../providers/interpret/union.ts';
import type { Provider } from '../providers/provider.ts';
import type { Connection } from '../update/types.ts';
import { checkOverrides, withOverrides } from './redaction-overrides.ts';
import type { ConfigFile } from './schema.ts';
import { headerFault, toSetting } from './values.ts';

/**
 * The connections of the environment, at most one per provider, and those of the file, which override them by name.
 * `used` are the variables that the file refers to. A base URL in the environment applies to every connection without
 * one.
 */
export function readConnections(
  providers: readonly Provider[],
  env: NodeJS.ProcessEnv,
  file: ConfigFile,
  used: ReadonlySet<string>,
): Connection[] {
  const fromEnvironment = providers.flatMap((provider) => environmentConnection(provider, env, used) ?? []);
  const fromFile = Object.entries(file.connections ?? {}).map(([name, entry]) =>
    fileConnection(providers, env, name, entry),
  );
  const named = new Map([...fromEnvironment, ...fromFile].map((connection) => [connection.name, connection]));
  const connections = [...named.values()];
  checkAlike(connections);
  const overrides = file.redaction?.fields ?? {};
  checkOverrides([...providers, ...connections.map(({ provider }) => provider)], overrides);
  return connections.map((connection) => {
    return { ...connection, provider: withOverrides(connection.provider, overrides) };
  });
}

function environmentConnection(
  provider: Provider,
  env: NodeJS.ProcessEnv,
  used: ReadonlySet<string>,
): Connection | undefined {
  const given = Object.entries(provider.env).flatMap(([key, variable]) => {
    const value = toSetting(variable, env[variable] ?? '');
    return value === undefined ? [] : [{ key, variable, value }];
  });
  const own = given.filter(({ key }) => !ADDRESSES.includes(key));
  if (own.length === 0) return undefined;
  const valuesOf = (all: typeof given) => Object.fromEntries(all.map(({ key, value }) => [key, value]));
  // An incomplete connection is a mistake, unless the file refers to its variables. A base URL does not complete it, since
  // it applies to the connection of the file, too.
  const isShared = own.some(({ variable }) => used.has(variable));
  if (isShared && !provider.settings.safeParse(valuesOf(own)).success) return undefined;
  const settings = checked(provider, valuesOf(given), (key) => provider.env[key] ?? key);
  return { name: provider.id, provider: definitionFor(provider, settings, provider.id), settings };
}

/** The definition for a connection: its settings may say how its service differs. */
function definitionFor(provider: Provider, settings: Record<string, unknown>, path: string): Provider {
  try {
    return provider.forConnection?.(provider, settings) ?? provider;
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${path}.${error.message}`) : error;
  }
}

/** One name is one field: rules and redaction name it without its connection. */
function checkAlike(connections: readonly Connection[]): void {
  for (const id of new Set(connections.map(({ provider }) => provider.id))) {
    const own = connections.filter(({ provider }) => provider.id === id);
    const field = contradictingField(own.map(({ provider }) => provider));
    if (field === undefined) continue;
    const names = own.filter(({ provider }) => Object.hasOwn(provider.fields, field)).map(({ name }) => name);
    throw new UsageError(
      `connections: ${id}.${field} differs in sensitivity or effect between ${names.join(' and ')}; give it one of each, or another name`,
    );
  }
}

function fileConnection(
  providers: readonly Provider[],
  env: NodeJS.ProcessEnv,
  name: string,
  entry: Record<string, unknown>,
): Connection {
  const { provider: id, clearable, ...given } = entry;
  const path = `connections.${name}`;
  if (!/^[\w.-]{1,64}$/.test(name))
    throw new UsageError(`${path}: a name may only have letters, digits, dots, dashes and underscores, at most 64`);
  const provider = providers.find((one) => one.id === id);
  if (!provider) throw new UsageError(`${path}.provider: expected one of ${providers.map((one) => one.id).join(', ')}`);
  const own = ownSettings(given, path);
  const borrowed = borrowedAddresses(provider, env, own);
  const settings = checked(provider, { ...own, ...borrowed }, (key) =>
    Object.hasOwn(borrowed, key) ? (provider.env[key] ?? key) : `${path}.${key}`,
  );
  const definition = definitionFor(provider, settings, path);
  return { name, provider: withClearable(definition, clearable, `${path}.clearable`), settings };
}

/** Settings that do not make a connection: those of the environment apply to every connection without its own. */
const ADDRESSES: readonly string[] = ['baseUrl', 'tokenUrl'];

function borrowedAddresses(provider: Provider, env: NodeJS.ProcessEnv, own: object): Record<string, string> {
  const entries = ADDRESSES.flatMap((key) => {
    const variable = provider.env[key];
    const value = variable && !Object.hasOwn(own, key) ? toSetting(variable, env[variable] ?? '') : undefined;
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Leaves out empty strings: `${env:NAME:-}` becomes one when the variable is not set. */
function ownSettings(given: Record<string, unknown>, path: string): Record<string, unknown> {
  const settings = Object.entries(given).map(([key, value]) => {
    return [key, typeof value === 'string' ? toSetting(`${path}.${key}`, value) : value] as const;
  });
  return Object.fromEntries(settings.filter(([, value]) => value !== undefined));
}

function checked(provider: Provider, raw: unknown, nameOf: (key: string) => string): Record<string, unknown> {
  const parsed = provider.settings.safeParse(raw, { reportInput: false });
  if (!parsed.success) throw new UsageError(parsed.error.issues.map((issue) => describe(issue, nameOf)).join('\n'));
  const settings = parsed.data as Record<string, unknown>; // every provider's settings are an object
  const base = new URL(withNames(nameOf, () => baseUrlOf(provider, settings)));
  if (base.protocol !== 'https:' && !(base.protocol === 'http:' && isLoopback(base.hostname))) {
    throw new UsageError(`${nameOf('baseUrl')}: expected https (plain http only on loopback)`);
  }
  if (base.username || base.password)
    throw new UsageError(`${nameOf('baseUrl')}: must not contain a user name or password`);
  withNames(nameOf, () => tokenClientOf(provider, settings));
  const headers = Object.values(headersOf(provider, settings));
  for (const key of provider.credentials) {
    const value = settings[key];
    // A password that is sent encoded may begin with anything.
    if (typeof value !== 'string' || !headers.some((header) => header.includes(value))) continue;
    const fault = headerFault(value);
    if (fault !== undefined) throw new UsageError(`${nameOf(key)}: ${fault}`);
  }
  for (const header of headers) {
    // RFC 9110 section 5.5
    if (!/[^\t\x20-\x7e\x80-\xff]/.test(header)) continue;
    const key = Object.keys(settings).find((name) => header.includes(String(settings[name])));
    throw new UsageError(`${nameOf(key ?? 'baseUrl')}: contains a character that is not allowed in an HTTP header`);
  }
  return settings;
}

/** Names a setting in an error as the operator knows it. */
function withNames<T>(nameOf: (key: string) => string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message.replace(/^\w+(?=: )/gm, nameOf));
  }
}

function describe(issue: z.core.$ZodIssue, nameOf: (key: string) => string): string {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${nameOf(key)}: not a known setting`).join('\n');
  const missing = / received undefined$/.test(issue.message);
  return `${nameOf(issue.path.map(String).join('.'))}: ${missing ? 'is missing' : issue.message}`;
}

/** Lets `null` empty fields for which the vendor does not document it, because the operator says so. */
function withClearable(provider: Provider, clearable: unknown, path: string): Provider {
  if (clearable === undefined) return provider;
  const names = Array.isArray(clearable) ? clearable.map(String) : [];
  const unknown = names.filter((name) => !Object.hasOwn(provider.fields, name));
  if (!Array.isArray(clearable) || unknown.length > 0) {
    throw new UsageError(
      `${path}: expected field names of ${provider.title}${unknown.length > 0 ? `, not ${unknown.join(', ')}` : ''}`,
    );
  }
  const toClearable = (name: string, field: Field): Field =>
    names.includes(name) ? { ...field, clear: field.clear ?? 'null' } : field;
  const fields = Object.entries(provider.fields).map(([name, field]) => [name, toClearable(name, field)] as const);
  return { ...provider, fields: Object.fromEntries(fields) };
}
