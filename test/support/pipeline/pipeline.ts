import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { type App, createApp } from '../../../src/app.ts';
import { loadSettings, readSettings, type Settings } from '../../../src/config/load.ts';
import { AppError } from '../../../src/errors.ts';
import { providers } from '../../../src/providers/index.ts';
import { toEnv } from '../../../src/sandbox/credentials.ts';
import {
  type JsonRecord,
  type RecordedRequest,
  type Sandbox,
  startSandbox,
  type VendorId,
} from '../../../src/sandbox/index.ts';
import { parseRequest } from '../../../src/update/request/parse.ts';
import { argumentsSchema } from '../../../src/update/request/schema.ts';
import type { Answer, Ask, Connection, Result, UpdateReply } from '../../../src/update/types.ts';
import { update } from '../../../src/update/update.ts';
import { samples } from '../vendors/samples.ts';

/** The update pipeline in this process, over real HTTP to a sandbox, with settings as the program loads them. */

export interface Pipeline {
  sandbox: Sandbox;
  app: App;
  /** Calls an update tool; throws where a question comes instead of a result. */
  call(connection: string, args: unknown): Promise<Result>;
  /** Calls an update tool with a client that can ask, and perhaps with an answer. */
  converse(connection: string, args: unknown, answer?: Answer): Promise<UpdateReply>;
  stop(): Promise<void>;
}

export const ALLOW_ALL = { allowSecretInput: true, rules: [{ field: '*', decision: 'allow' }] };

export interface PipelineOptions {
  /** The configuration file; a policy that allows everything unless it has one of its own. */
  config?: Record<string, unknown>;
  env?: Record<string, string>;
}

export async function createPipeline({ config = {}, env = {} }: PipelineOptions = {}): Promise<Pipeline> {
  const sandbox = await startSandbox();
  const app = createApp(await readSettingsFrom({ policy: ALLOW_ALL, ...config }, { ...sandbox.env, ...env }));
  const converse = async (name: string, args: unknown, answer?: Answer, canAsk = true): Promise<UpdateReply> => {
    const connection = app.settings.connections.find((one) => one.name === name);
    if (!connection) throw new Error(`no connection ${name}`);
    const request = parse(connection, args, app.settings.policy.allowSecretInput);
    if (request instanceof AppError) return unparsed(connection, request);
    const caller = { principal: 'local', client: 'tests 1.0' };
    const call = { connection, request, caller, canAsk, signal: new AbortController().signal };
    return await update({ ...call, ...(answer && { answer }) }, await app.ports());
  };
  return {
    sandbox,
    app,
    converse,
    async call(name, args) {
      const outcome = await converse(name, args, undefined, false);
      if (outcome.kind === 'ask') throw new Error('a question came to a client that cannot ask');
      return outcome;
    },
    async stop() {
      await app.shutdown();
      await sandbox.close();
    },
  };
}

/** A pipeline that is stopped after the test. Concurrent tests pass their context. */
export async function startPipeline(
  options: PipelineOptions = {},
  context: Pick<TestContext, 'onTestFinished'> = { onTestFinished },
): Promise<Pipeline> {
  const pipeline = await createPipeline(options);
  context.onTestFinished(() => pipeline.stop());
  return pipeline;
}

/** Settings of a configuration file and an environment, in memory but for the moment of loading. */
export function settingsFrom(config: unknown, env: Record<string, string> = {}): Settings {
  const { path, remove } = writeConfig(config);
  try {
    return loadSettings({ ...QUIET, ...env }, path);
  } finally {
    remove();
  }
}

/** The same, also with provider files and presets. */
export async function readSettingsFrom(config: unknown, env: Record<string, string> = {}): Promise<Settings> {
  const { path, remove } = writeConfig(config);
  try {
    return await readSettings({ ...QUIET, ...env }, path);
  } finally {
    remove();
  }
}

const QUIET = { UPDATE_USER_STORE: 'memory', UPDATE_USER_LOG: 'silent' };

function writeConfig(config: unknown): { path: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'update-user-'));
  const path = join(dir, 'mcp.config.json');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return { path, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/**
 * A configuration's connection of another name to a vendor of the sandbox. Updates of one person wait for each other
 * within a process, so pipelines that run at the same time need names of their own.
 */
export function connectionNamed(name: string, id: VendorId): Record<string, unknown> {
  const provider = providers.find((one) => one.id === id);
  const given = Object.entries(provider?.env ?? {}).filter(([, variable]) => Object.hasOwn(toEnv(''), variable));
  return {
    [name]: { provider: id, ...Object.fromEntries(given.map(([key, variable]) => [key, `\${env:${variable}}`])) },
  };
}

/** What a person answers who agrees to everything. */
export function yesTo({ token, question }: Pick<Ask, 'token' | 'question'>): Answer {
  return {
    token,
    action: 'accept',
    choice: 'yes',
    afterMs: 2000,
    ...(question.typed !== undefined && { typed: question.typed }),
  };
}

/** The update calls a vendor received, by whatever method it takes them. */
export function putsAt(sandbox: Sandbox, vendor: VendorId): RecordedRequest[] {
  const { method = 'PUT', userPath } = samples[vendor];
  return sandbox.vendors[vendor].requests.filter((sent) => sent.method === method && sent.path.startsWith(userPath));
}

/** A copy of what the vendor holds of a person now. */
export function stored(sandbox: Sandbox, vendor: VendorId, id: string): JsonRecord {
  const record = sandbox.vendors[vendor].users.get(id);
  if (!record) throw new Error(`${vendor} has no user ${id}`);
  return structuredClone(record);
}

function parse(connection: Connection, args: unknown, allowSecretInput: boolean) {
  const { provider } = connection;
  const options = { allowSecretInput };
  try {
    return parseRequest(`${provider.id}_update_user`, provider, argumentsSchema(provider, options), options, args);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function unparsed({ name, provider }: Connection, { code, message }: AppError): Result {
  const user = { id: '' };
  return {
    kind: 'result',
    outcome: 'failed',
    provider: provider.id,
    connection: name,
    user,
    changes: [],
    code,
    message,
  };
}
