import { createHash } from 'node:crypto';
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { type HttpOptions, type HttpServer, startHttp } from '../../../src/server/http/server.ts';
import { settingsFrom } from '../pipeline/pipeline.ts';
import { type AgentResult, type ClientKind, type Form, type OnQuestion, yes } from '../program/stdio-server.ts';

/** The HTTP server in this process on its own port, with a sandbox behind it and real MCP clients in front of it. */
export interface TestServer {
  sandbox: Sandbox;
  server: HttpServer;
  connect(kind: ClientKind, options?: ClientOptions): Promise<HttpAgent>;
  stop(): Promise<void>;
}

export interface ClientOptions {
  token?: string;
  /** What the client calls itself. */
  name?: string;
  headers?: Record<string, string>;
  onQuestion?: OnQuestion;
  /** In place of the global one, for example to trust a certificate. */
  fetch?: typeof fetch;
}

export interface HttpAgent {
  call(tool: string, args: Record<string, unknown>, options?: CallOptions): Promise<AgentResult>;
  tools(): Promise<{ name: string }[]>;
  sessionId(): string | undefined;
  close(): Promise<void>;
}

export interface CallOptions {
  signal?: AbortSignal;
  meta?: Record<string, unknown>;
}

export async function startHttpServer(
  config: Record<string, unknown> = {},
  options: Partial<HttpOptions> = {},
  env: Record<string, string> = {},
): Promise<TestServer> {
  const sandbox = await startSandbox();
  const settings = settingsFrom(config, { ...sandbox.env, ...env });
  const server = await startHttp(settings, { host: '127.0.0.1', port: 0, ...options });
  const agents: HttpAgent[] = [];
  return {
    sandbox,
    server,
    async connect(kind, clientOptions = {}) {
      const agent = await connectTo(`${server.url}/mcp`, kind, clientOptions);
      agents.push(agent);
      return agent;
    },
    async stop() {
      await Promise.allSettled(agents.map((agent) => agent.close()));
      await server.shutdown();
      await sandbox.close();
    },
  };
}

/** A token as it is configured. */
export function tokenEntry(name: string, token: string, scopes = ['users:read', 'users:write']) {
  return { name, sha256: createHash('sha256').update(token).digest('hex'), scopes };
}

export async function connectTo(url: string, kind: ClientKind, options: ClientOptions = {}): Promise<HttpAgent> {
  const { token, name = 'test-client', onQuestion = yes } = options;
  const headers = { ...options.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const init = { requestInit: { headers }, ...(options.fetch && { fetch: options.fetch }) };
  if (kind.startsWith('v2')) {
    const mute = kind.endsWith('mute');
    const mode = kind.startsWith('v2-modern') ? { pin: '2026-07-28' } : 'legacy';
    const client = new ClientV2({ name, version: '1.0' }, {
      capabilities: mute ? {} : { elicitation: { form: {} } },
      versionNegotiation: { mode },
    } as never);
    if (!mute) {
      client.setRequestHandler('elicitation/create', async ({ params }) => (await onQuestion(params as Form)) as never);
    }
    const transport = new HttpV2(new URL(url), init);
    await client.connect(transport);
    return {
      call: async (tool, args, { signal, meta } = {}) =>
        toResult(
          await client.callTool({ name: tool, arguments: args, ...(meta && { _meta: meta }) }, signal && { signal }),
        ),
      tools: async () => (await client.listTools()).tools,
      sessionId: () => transport.sessionId,
      close: () => client.close(),
    };
  }
  const capabilities =
    kind === 'v1-mute' ? {} : kind === 'v1-bare' ? { elicitation: {} } : { elicitation: { form: {} } };
  const client = new ClientV1({ name, version: '1.0' }, { capabilities });
  if (kind !== 'v1-mute') {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => (await onQuestion(params as Form)) as never);
  }
  const transport = new HttpV1(new URL(url), init);
  await client.connect(transport as never); // its own Transport type, under exactOptionalPropertyTypes
  return {
    call: async (tool, args, { signal, meta } = {}) =>
      toResult(
        await client.callTool(
          { name: tool, arguments: args, ...(meta && { _meta: meta }) },
          undefined,
          signal && { signal },
        ),
      ),
    tools: async () => (await client.listTools()).tools,
    sessionId: () => transport.sessionId,
    close: () => client.close(),
  };
}

/** A raw POST of a 2025-era message to `/mcp`. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'by-hand', version: '1' } },
};

function toResult(raw: unknown): AgentResult {
  const { content, structuredContent, isError } = raw as {
    content?: { text: string }[];
    structuredContent?: AgentResult['is'];
    isError?: boolean;
  };
  const text = content?.map((part) => part.text).join('\n') ?? '';
  return { isError: isError === true, text, is: structuredContent ?? {} };
}
