import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { type StdioServerParameters, StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished, type TestContext } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';

/** The built program with a sandbox behind it and real MCP clients before it. `npm test` builds it first. */

export const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'dist', 'main.js');

export const CLIENTS = ['v2-modern', 'v2-legacy', 'v1-form', 'v1-bare'] as const;
/** Clients that cannot put a question to anybody. */
export const MUTE_CLIENTS = ['v2-modern-mute', 'v2-legacy-mute', 'v1-mute'] as const;
export type ClientKind = (typeof CLIENTS)[number] | (typeof MUTE_CLIENTS)[number];

export interface Form {
  message: string;
  requestedSchema: {
    properties: Record<string, { type: string; title?: string; enum?: string[] }>;
    required?: string[];
  };
}
export interface FormAnswer {
  action: 'accept' | 'decline' | 'cancel';
  content?: Record<string, string | number | boolean | string[]>;
}
export type OnQuestion = (form: Form) => FormAnswer | Promise<FormAnswer>;

export interface AgentResult {
  isError: boolean;
  text: string;
  /** `structuredContent`. */
  is: Record<string, unknown> & { outcome?: string; code?: string; message?: string };
}

export interface Agent {
  call(tool: string, args: Record<string, unknown>): Promise<AgentResult>;
  tools(): Promise<{ name: string; description?: string; inputSchema: unknown }[]>;
  /** Everything the server wrote to stderr so far. */
  log(): string;
  pid(): number;
  close(): Promise<void>;
}

export interface StdioServer {
  sandbox: Sandbox;
  dir: string;
  storePath: string;
  env: Record<string, string>;
  connect(kind: ClientKind, onQuestion?: OnQuestion): Promise<Agent>;
  stop(): Promise<void>;
}

/** A sandbox, a state folder of its own, and, where given, a configuration file. Call `stop` in the end. */
export async function startStdioServer(
  options: { config?: unknown; env?: Record<string, string> } = {},
): Promise<StdioServer> {
  const sandbox = await startSandbox();
  const dir = mkdtempSync(join(tmpdir(), 'update-user-'));
  const storePath = join(dir, 'changes.db');
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    ...sandbox.env,
    UPDATE_USER_STORE: storePath,
    UPDATE_USER_LOG: 'debug',
    ...options.env,
  };
  if (options.config !== undefined) {
    env['UPDATE_USER_CONFIG'] = join(dir, 'mcp.config.json');
    writeFileSync(env['UPDATE_USER_CONFIG'], JSON.stringify(options.config));
  }
  const agents: Agent[] = [];
  return {
    sandbox,
    dir,
    storePath,
    env,
    async connect(kind, onQuestion = yes) {
      const agent = await connectAgent(kind, { env, onQuestion });
      agents.push(agent);
      return agent;
    },
    async stop() {
      await Promise.allSettled(agents.map((agent) => agent.close()));
      await sandbox.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface AgentOptions {
  env: Record<string, string>;
  onQuestion?: OnQuestion;
  /** What starts the server. Default: the built program. */
  command?: { command: string; args: string[]; cwd?: string };
}

/** Starts a server as its MCP client does. */
export async function connectAgent(kind: ClientKind, options: AgentOptions): Promise<Agent> {
  const { env, onQuestion = yes, command = { command: process.execPath, args: [PROGRAM] } } = options;
  const server = { ...command, env, stderr: 'pipe' as const };
  return await (kind.startsWith('v2') ? connectV2(kind, server, onQuestion) : connectV1(kind, server, onQuestion));
}

/** A server that is stopped after the test. Concurrent tests pass their context. */
export async function startTestServer(
  options: Parameters<typeof startStdioServer>[0] = {},
  context: Pick<TestContext, 'onTestFinished'> = { onTestFinished },
): Promise<StdioServer> {
  const server = await startStdioServer(options);
  context.onTestFinished(() => server.stop());
  return server;
}

/** Chooses yes wherever there is a choice, and types what is asked to be typed. */
export const yes: OnQuestion = (form) => ({
  action: 'accept',
  content: Object.fromEntries(
    Object.entries(form.requestedSchema.properties).map(([name, { title = '', enum: choices }]) => [
      name,
      choices?.find((one) => one.startsWith('Yes')) ?? /^Type ["“](.*)["”] to confirm$/s.exec(title)?.[1] ?? '',
    ]),
  ),
});

async function connectV2(kind: ClientKind, server: StdioServerParameters, onQuestion: OnQuestion): Promise<Agent> {
  const capabilities = kind.endsWith('mute') ? {} : { elicitation: { form: {} } };
  const mode = kind.startsWith('v2-modern') ? { pin: '2026-07-28' } : 'legacy';
  const client = new ClientV2({ name: 'test-client', version: '1.0' }, {
    capabilities,
    versionNegotiation: { mode },
  } as never);
  if (!kind.endsWith('mute')) {
    client.setRequestHandler(
      'elicitation/create',
      async (request) => (await onQuestion(request.params as Form)) as never,
    );
  }
  const transport = new StdioV2(server);
  const log = collect(transport.stderr);
  await client.connect(transport);
  return toAgent(client, transport, log);
}

async function connectV1(kind: ClientKind, server: StdioServerParameters, onQuestion: OnQuestion): Promise<Agent> {
  const capabilities =
    kind === 'v1-mute' ? {} : kind === 'v1-bare' ? { elicitation: {} } : { elicitation: { form: {} } };
  const client = new ClientV1({ name: 'test-client', version: '1.0' }, { capabilities });
  if (kind !== 'v1-mute') {
    client.setRequestHandler(
      ElicitRequestSchema,
      async (request) => (await onQuestion(request.params as Form)) as never,
    );
  }
  const transport = new StdioV1(server);
  const log = collect(transport.stderr);
  await client.connect(transport);
  return toAgent(client, transport, log);
}

/** What an agent needs of a client of either version. */
interface AnyClient {
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  listTools(): Promise<{ tools: unknown }>;
  close(): Promise<void>;
}

function toAgent(client: AnyClient, transport: { pid: number | null }, log: Agent['log']): Agent {
  return {
    call: async (name, args) => toResult(await client.callTool({ name, arguments: args })),
    tools: async () => (await client.listTools()).tools as never,
    log,
    pid: () => transport.pid ?? 0,
    close: () => client.close(),
  };
}

function collect(stream: unknown): () => string {
  let text = '';
  (stream as NodeJS.ReadableStream | null)?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

function toResult(raw: unknown): AgentResult {
  const { content, structuredContent, isError } = raw as {
    content?: { text: string }[];
    structuredContent?: AgentResult['is'];
    isError?: boolean;
  };
  return {
    isError: isError === true,
    text: content?.map((part) => part.text).join('\n') ?? '',
    is: structuredContent ?? {},
  };
}
