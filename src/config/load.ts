import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { checkSecretFile, checkStoreWriters, SecretFileError } from '../lib/files/secret-file.ts';
import { LOG_LEVELS, type LogLevel } from '../lib/log.ts';
import type { NoticeTarget } from '../notify/events.ts';
import { withFieldsOf } from '../providers/interpret/union.ts';
import type { Provider } from '../providers/provider.ts';
import { decodeKey } from '../store/master-key.ts';
import type { ConfirmationChannel, Policy } from '../update/ports.ts';
import type { Redaction } from '../update/redact/view.ts';
import type { Connection } from '../update/types.ts';
import { type OidcSettings, toOidcSettings } from './approvals/oidc-settings.ts';
import { changedPatterns, checkRules } from './check-rules.ts';
import { type ReadConfig, readConfigFile } from './config-file.ts';
import { readConnections } from './connections.ts';
import { DEFAULTS } from './defaults.ts';
import { type HttpSettings, toHttpSettings } from './http.ts';
import { toNoticeTargets } from './notify.ts';
import { keyFileOf, type StoreLocation, toStoreLocation } from './paths.ts';
import { shippedProviders } from './providers/shipped.ts';
import type { ConfigFile } from './schema.ts';
import { refusePlaceholders, toSetting } from './values.ts';

/** Everything the operator decides, with defaults applied. */
export interface Settings {
  connections: readonly Connection[];
  /** Those that can be connected, in the order of their tools. */
  providers: readonly Provider[];
  /** How the configuration names the provider files and presets that some of them come from, by id. */
  declared: Readonly<Record<string, string>>;
  policy: Policy;
  redaction: Redaction;
  confirmation: {
    channel: ConfirmationChannel;
    answerWithinMs: number;
    /** A yes that comes faster counts as automatic, and the question goes out of band. */
    minAnswerMs: number;
    expiresMs: number;
    approvalExpiresMs: number;
    approversNeeded: number;
    /** Whether an approver who may be the caller may approve its changes. */
    callerMayApprove: boolean;
  };
  approvals: { oidc: OidcSettings | undefined };
  store: StoreLocation;
  key: string | undefined;
  /** The variables or keys of the file that store and key come from, for messages about them. */
  names: { store: string; key: string };
  /** Earlier keys, for opening values sealed with them. */
  oldKeys: readonly string[];
  /** Notices for the operator about a valid configuration. */
  notices: readonly string[];
  log: LogLevel;
  http: HttpSettings;
  /** Where people and programs are told of approvals and changes. */
  notify: readonly NoticeTarget[];
  limits: {
    callMs: number;
    batchMs: number;
    findMs: number;
    requestMs: number;
    responseBytes: number;
    concurrentWrites: number;
    attempts: number;
    undoDays: number;
    guessesPerHour: number;
  };
}

/**
 * Settings from the environment and, where one is named, the configuration file. Rejects with a UsageError that names the
 * key and what was expected: an unreadable rule set stops the start and never means "allow".
 */
export async function readSettings(env: NodeJS.ProcessEnv, configOption?: string): Promise<Settings> {
  const opened = openConfig(env, configOption);
  const declared = await readDeclared(opened);
  refusePlaceholders(env, declared.flatMap(variablesOf));
  return opened.withPositions(() => toSettings(env, opened, declared));
}

/** The providers of files and presets. What reads them is loaded only where there are some. */
async function readDeclared({ file, folder, withPositions }: OpenedConfig): Promise<Provider[]> {
  const names = file.providers ?? [];
  if (names.length === 0) return [];
  const [{ toProviderSource }, { readProviders }] = await Promise.all([
    import('./providers/source.ts'),
    import('./providers/read.ts'),
  ]);
  const sources = withPositions(() => names.map((name, at) => toProviderSource(name, folder, `providers[${at}]`)));
  return await readProviders(sources);
}

/** As `readSettings`, at once, and only for a configuration that names no provider files. */
export function loadSettings(env: NodeJS.ProcessEnv, configOption?: string): Settings {
  const opened = openConfig(env, configOption);
  if (opened.file.providers?.length) throw new TypeError('this configuration names provider files: use readSettings');
  return opened.withPositions(() => toSettings(env, opened, []));
}

interface OpenedConfig extends ReadConfig {
  /** The variables that the file refers to. */
  used: ReadonlySet<string>;
  /** Where relative paths in it start. */
  folder: string;
}

function openConfig(env: NodeJS.ProcessEnv, configOption: string | undefined): OpenedConfig {
  const used = new Set<string>();
  refusePlaceholders(env, shippedProviders.flatMap(variablesOf));
  const path = toConfigPath(env, configOption);
  if (path === undefined) return { file: {}, used, folder: '.', withPositions: (check) => check() };
  return { ...readConfigFile(path, env, used), used, folder: dirname(resolve(path)) };
}

function variablesOf(provider: Provider): string[] {
  return Object.values(provider.env);
}

function toSettings(env: NodeJS.ProcessEnv, { file, used }: OpenedConfig, declared: readonly Provider[]): Settings {
  const providers = [...shippedProviders, ...declared];
  const log = readLogLevel(env, file);
  const store = readSetting(env, 'UPDATE_USER_STORE', file, 'store');
  const key = readSetting(env, 'UPDATE_USER_KEY', file, 'key');
  const oldKeys = file.oldKeys ?? [];
  checkKeys([key, ...oldKeys.map((text, at) => ({ name: `oldKeys[${at}]`, text }))]);
  const rules = file.policy?.rules ?? [];
  const connections = readConnections(providers, env, file, used);
  checkNames(declared, connections);
  const definitionsOf = ({ id }: Provider) =>
    connections.map(({ provider }) => provider).filter((one) => one.id === id);
  const known = providers.map((provider) => withFieldsOf(provider, definitionsOf(provider)));
  const connected = known.filter((provider) => definitionsOf(provider).length > 0);
  const others = known.filter((provider) => !connected.includes(provider));
  checkRules([...connected, ...others], connections, rules);
  const ids = [...connected, ...others].map(({ id }) => id);
  const location = toStoreLocation(store.text ?? '', store.name, env);
  checkFiles(location, key.text, env);
  return {
    connections,
    providers: known,
    declared: Object.fromEntries(declared.map(({ id }, at) => [id, file.providers?.[at] ?? id])),
    policy: { allowSecretInput: file.policy?.allowSecretInput ?? DEFAULTS.policy.allowSecretInput, rules },
    redaction: { relaxed: (file.redaction?.relax ?? []).map((name) => (name === 'record' ? 'audit' : name)) },
    confirmation: toConfirmation(file.confirmation),
    approvals: { oidc: toOidcSettings(file.approvals?.oidc, ids) },
    store: location,
    key: key.text,
    names: { store: store.name, key: key.name },
    oldKeys,
    notices: changedPatterns(connected, rules),
    log,
    http: toHttpSettings(file.http),
    notify: toNoticeTargets(file.notify),
    limits: toLimits(file.limits),
  };
}

/** A connection that is named like the provider of a file would be taken for one of it. Throws a UsageError. */
function checkNames(declared: readonly Provider[], connections: readonly Connection[]): void {
  for (const { name, provider } of connections) {
    const other = declared.find(({ id }) => id === name);
    if (other && other.id !== provider.id) {
      throw new UsageError(
        `connections.${name}: is named like the provider of a file, and is one of ${provider.id}; give it another name`,
      );
    }
  }
}

function toConfirmation(given: ConfigFile['confirmation'] = {}): Settings['confirmation'] {
  const defaults = DEFAULTS.confirmation;
  return {
    channel: given.channel ?? defaults.channel,
    answerWithinMs: (given.answerWithinSeconds ?? defaults.answerWithinSeconds) * 1000,
    minAnswerMs: given.minAnswerMs ?? defaults.minAnswerMs,
    expiresMs: (given.expiresMinutes ?? defaults.expiresMinutes) * 60_000,
    approvalExpiresMs: (given.approvalExpiresHours ?? defaults.approvalExpiresHours) * 3_600_000,
    approversNeeded: given.approversNeeded ?? defaults.approversNeeded,
    callerMayApprove: given.callerMayApprove ?? defaults.callerMayApprove,
  };
}

function toLimits(given: ConfigFile['limits'] = {}): Settings['limits'] {
  const defaults = DEFAULTS.limits;
  return {
    callMs: (given.callSeconds ?? defaults.callSeconds) * 1000,
    batchMs: (given.batchSeconds ?? defaults.batchSeconds) * 1000,
    findMs: (given.findSeconds ?? defaults.findSeconds) * 1000,
    requestMs: (given.requestSeconds ?? defaults.requestSeconds) * 1000,
    responseBytes: given.responseBytes ?? defaults.responseBytes,
    concurrentWrites: given.concurrentWrites ?? defaults.concurrentWrites,
    attempts: given.attempts ?? defaults.attempts,
    undoDays: given.undoDays ?? defaults.undoDays,
    guessesPerHour: given.guessesPerHour ?? defaults.guessesPerHour,
  };
}

function checkKeys(keys: readonly NamedSetting[]): void {
  const wrong = keys.find(({ text }) => text !== undefined && !decodeKey(text));
  if (wrong) throw new UsageError(`${wrong.name}: expected 32 bytes as base64 or hex`);
}

/** Refuses a store or key file that others can write: they could forge the audit log. Throws a UsageError. */
function checkFiles(store: StoreLocation, key: string | undefined, env: NodeJS.ProcessEnv): void {
  const refused = (what: string, check: () => void) => {
    try {
      check();
    } catch (error) {
      if (error instanceof SecretFileError) throw new UsageError(`The ${what} file ${error.message}`);
      throw error;
    }
  };
  if (store.kind === 'file') refused('store', () => checkStoreWriters(store.path));
  if (key === undefined && store.kind !== 'memory') refused('key', () => checkSecretFile(keyFileOf(store, env), env));
}

/**
 * Refuses an empty path, such as a variable that was not filled in: continuing without the file would drop its policy.
 */
function toConfigPath(env: NodeJS.ProcessEnv, option: string | undefined): string | undefined {
  const [name, given] = option === undefined ? ['UPDATE_USER_CONFIG', env['UPDATE_USER_CONFIG']] : ['--config', option];
  const path = given === undefined ? undefined : toSetting(name, given);
  if (given !== undefined && path === undefined) {
    throw new UsageError(`${name}: is empty; give the path of a configuration file, or leave it out`);
  }
  return path;
}

/** A setting, undefined if it is not given, and the variable or key that it comes from. */
interface NamedSetting {
  name: string;
  text: string | undefined;
}

/** The environment wins over the file. */
function readSetting(env: NodeJS.ProcessEnv, variable: string, file: ConfigFile, key: 'store' | 'key'): NamedSetting {
  const text = toSetting(variable, env[variable] ?? '');
  const isFromFile = text === undefined && file[key] !== undefined;
  return isFromFile ? { name: key, text: toSetting(key, file[key] ?? '') } : { name: variable, text };
}

function readLogLevel(env: NodeJS.ProcessEnv, file: ConfigFile): LogLevel {
  const level = toSetting('UPDATE_USER_LOG', env['UPDATE_USER_LOG'] ?? '') ?? file.log ?? DEFAULTS.log;
  if (!isLogLevel(level)) throw new UsageError(`UPDATE_USER_LOG: expected one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function isLogLevel(level: string): level is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(level);
}
