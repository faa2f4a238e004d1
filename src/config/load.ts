import { bounds } from '../bounds.ts';
import { UsageError } from '../errors.ts';
import { checkSecretFile, checkStoreWriters, SecretFileError } from '../lib/files/secret-file.ts';
import { LOG_LEVELS, type LogLevel } from '../lib/log.ts';
import { providers } from '../providers/index.ts';
import { decodeKey } from '../store/key-format.ts';
import type { ConfirmationChannel, Policy } from '../update/ports.ts';
import type { Redaction } from '../update/redact/view.ts';
import type { Connection } from '../update/types.ts';
import { changedPatterns, checkRules } from './check-rules.ts';
import { readConfigFile } from './config-file.ts';
import { readConnections } from './connections.ts';
import { type HttpSettings, toHttpSettings } from './http.ts';
import { keyFileOf, type StoreLocation, toStoreLocation } from './paths.ts';
import type { ConfigFile } from './schema.ts';
import { refusePlaceholders, toSetting } from './values.ts';

/** Everything the operator decides, with defaults applied. */
export interface Settings {
  connections: readonly Connection[];
  policy: Policy;
  redaction: Redaction;
  confirmation: {
    channel: ConfirmationChannel;
    answerWithinMs: number;
    /** A yes that comes faster was not read, and is asked out of band. */
    minAnswerMs: number;
    expiresMs: number;
    approvalExpiresMs: number;
    approversNeeded: number;
    /** Whether an approver named like the caller may approve what that caller asked for. */
    callerMayApprove: boolean;
  };
  store: StoreLocation;
  key: string | undefined;
  /** What store and key go by where they were set, a variable or a key of the file: for messages about them. */
  names: { store: string; key: string };
  /** Earlier keys, for opening what they sealed. */
  oldKeys: readonly string[];
  /** What the operator should know of the configuration, though it can be used. */
  notices: readonly string[];
  log: LogLevel;
  http: HttpSettings;
  limits: {
    callMs: number;
    findMs: number;
    requestMs: number;
    responseBytes: number;
    concurrentWrites: number;
    attempts: number;
    imageDays: number;
    guessesPerHour: number;
  };
}

/**
 * Settings from the environment and, where one is named, the configuration file. Throws a UsageError that names the
 * key and what was expected: a rule set that cannot be read stops the start, it never means "allow".
 */
export function loadSettings(env: NodeJS.ProcessEnv, configOption?: string): Settings {
  const used = new Set<string>();
  refusePlaceholders(
    env,
    providers.flatMap((provider) => Object.values(provider.env)),
  );
  const configPath = toConfigPath(env, configOption);
  if (configPath === undefined) return toSettings(env, {}, used);
  const { file, withPlaces } = readConfigFile(configPath, env, used);
  return withPlaces(() => toSettings(env, file, used));
}

function toSettings(env: NodeJS.ProcessEnv, file: ConfigFile, used: ReadonlySet<string>): Settings {
  const level = toSetting('UPDATE_USER_LOG', env['UPDATE_USER_LOG'] ?? '') ?? file.log ?? 'info';
  if (!isLogLevel(level)) throw new UsageError(`UPDATE_USER_LOG: expected one of ${LOG_LEVELS.join(', ')}`);
  const store = given(env, 'UPDATE_USER_STORE', file, 'store');
  const key = given(env, 'UPDATE_USER_KEY', file, 'key');
  for (const { name, text } of [
    key,
    ...(file.oldKeys ?? []).map((old, at) => ({ name: `oldKeys[${at}]`, text: old })),
  ]) {
    if (text !== undefined && !decodeKey(text)) throw new UsageError(`${name}: expected 32 bytes as base64 or hex`);
  }
  const rules = file.policy?.rules ?? [];
  const connections = readConnections(providers, env, file, used);
  const connected = [...new Map(connections.map(({ provider }) => [provider.id, provider])).values()];
  checkRules(
    [...connected, ...providers.filter(({ id }) => !connected.some((one) => one.id === id))],
    connections,
    rules,
  );
  const location = toStoreLocation(store.text ?? '', store.name, env);
  checkFiles(location, key.text !== undefined, env);
  const { confirmation = {}, limits = {} } = file;
  return {
    connections,
    policy: { allowSecretInput: file.policy?.allowSecretInput ?? false, rules },
    redaction: { relaxed: (file.redaction?.relax ?? []).map((name) => (name === 'record' ? 'audit' : name)) },
    confirmation: {
      channel: confirmation.channel ?? 'auto',
      answerWithinMs: (confirmation.answerWithinSeconds ?? 120) * 1000,
      minAnswerMs: confirmation.minAnswerMs ?? 0,
      expiresMs: (confirmation.expiresMinutes ?? 10) * 60_000,
      approvalExpiresMs: (confirmation.approvalExpiresHours ?? 24) * 3_600_000,
      approversNeeded: confirmation.approversNeeded ?? 1,
      callerMayApprove: confirmation.callerMayApprove ?? false,
    },
    store: location,
    key: key.text,
    names: { store: store.name, key: key.name },
    oldKeys: file.oldKeys ?? [],
    notices: changedPatterns(connected, rules),
    log: level,
    http: toHttpSettings(file.http),
    limits: {
      callMs: (limits.callSeconds ?? 30) * 1000,
      findMs: (limits.findSeconds ?? 8) * 1000,
      requestMs: (limits.requestSeconds ?? 10) * 1000,
      responseBytes: limits.responseBytes ?? 1_048_576,
      concurrentWrites: limits.concurrentWrites ?? 5,
      attempts: limits.attempts ?? 4,
      imageDays: limits.undoDays ?? 30,
      guessesPerHour: limits.guessesPerHour ?? bounds.guessesPerHour,
    },
  };
}

/** A log that others can write is no record, and a key that they may have put there seals nothing: the start stops. */
function checkFiles(store: StoreLocation, hasKey: boolean, env: NodeJS.ProcessEnv): void {
  const refused = (what: string, check: () => void) => {
    try {
      check();
    } catch (error) {
      if (error instanceof SecretFileError) throw new UsageError(`The ${what} file ${error.message}`);
      throw error;
    }
  };
  if (store.kind === 'file') refused('store', () => checkStoreWriters(store.path));
  if (!hasKey && store.kind !== 'memory') refused('key', () => checkSecretFile(keyFileOf(store, env), env));
}

/** An empty path is a slip, such as a variable that was not filled in: without the file its whole policy would be gone. */
function toConfigPath(env: NodeJS.ProcessEnv, option: string | undefined): string | undefined {
  const [name, given] = option === undefined ? ['UPDATE_USER_CONFIG', env['UPDATE_USER_CONFIG']] : ['--config', option];
  const path = given === undefined ? undefined : toSetting(name, given);
  if (given !== undefined && path === undefined) {
    throw new UsageError(`${name}: is empty; give the path of a configuration file, or leave it out`);
  }
  return path;
}

/** A setting that the environment makes, or else the file, and its name there. */
function given(env: NodeJS.ProcessEnv, variable: string, file: ConfigFile, key: 'store' | 'key') {
  const text = toSetting(variable, env[variable] ?? '');
  const ofFile = text === undefined && file[key] !== undefined;
  return ofFile ? { name: key, text: toSetting(key, file[key] ?? '') } : { name: variable, text };
}

function isLogLevel(level: string): level is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(level);
}
