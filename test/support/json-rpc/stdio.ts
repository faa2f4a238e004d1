import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PROGRAM } from '../program/stdio-server.ts';
import { createInbox, type RpcMessage } from './inbox.ts';

export type { RpcMessage } from './inbox.ts';

/** Raw JSON-RPC over the stdio of the built program, for messages that no SDK would send. */

export type Era = '2026' | '2025';

/** How a tools/call ended: with a result, a question, or a protocol error. */
export type ToolReply =
  | { kind: 'result'; is: Record<string, unknown>; text: string; isError: boolean; raw: RpcMessage }
  | { kind: 'asked'; state: string; message: string; form: unknown; raw: RpcMessage }
  | { kind: 'error'; code: number; message: string; raw: RpcMessage };

export interface Extras {
  inputResponses?: unknown;
  requestState?: unknown;
  client?: string;
  id?: unknown;
  /** Members of `_meta` besides those of the era. */
  meta?: Record<string, unknown>;
}

export interface RawMcpClient {
  /** Sends a tools/call and waits for its response. `args` may be anything. */
  call(tool: string, args: unknown, extras?: Extras): Promise<ToolReply>;
  /** The same with arguments as JSON text, for what `JSON.stringify` would not write. */
  callText(tool: string, args: string, extras?: Extras): Promise<ToolReply>;
  /** Like `call`, without waiting. Returns the request id. */
  post(tool: string, args: unknown, extras?: Extras): unknown;
  /** The response to a request id, whenever it arrives. */
  answerTo(id: unknown): Promise<RpcMessage>;
  send(message: unknown): void;
  sendText(text: string): void;
  /** The next request from the server (2025: a question), oldest first. */
  nextRequest(): Promise<RpcMessage>;
  /** The response to a request id or the next request, whichever arrives first. The other is kept. */
  answerOrRequest(id: unknown): Promise<RpcMessage>;
  /** Cancels a call, as transport and era prescribe. */
  cancel(id: unknown): void;
  /** Every line the server wrote to stdout so far. Over HTTP, every message and the headers of every response. */
  lines: string[];
  /** Other pages of the server: over HTTP its metrics and its health. */
  otherPages(): Promise<string[]>;
  log(): string;
  isAlive(): boolean;
  /** `kill -9`. */
  kill(): void;
  close(): Promise<void>;
}

export interface RawStdioClient extends RawMcpClient {
  /** Writes bytes that may be no text. */
  sendBytes(bytes: Buffer): void;
}

export interface RawMcpOptions {
  era?: Era;
  client?: string;
  /** False: the client declares no elicitation. */
  asks?: boolean;
}

const META = 'io.modelcontextprotocol';

export const capabilitiesOf = (asks: boolean) => (asks ? { elicitation: { form: {} } } : {});

/** A tools/call as JSON text. `args` is JSON text as well. */
export function callMessage(id: unknown, tool: string, args: string, extras: Extras, options: RawMcpOptions): string {
  const { era = '2026', client = 'wire', asks = true } = options;
  const { id: _, client: name = client, meta, ...rest } = extras;
  const envelope = {
    [`${META}/protocolVersion`]: '2026-07-28',
    [`${META}/clientInfo`]: { name, version: '1.0' },
    [`${META}/clientCapabilities`]: capabilitiesOf(asks),
  };
  const _meta = era === '2026' ? { ...envelope, ...meta } : meta;
  const params = { name: tool, arguments: '@', ...rest, ...(_meta && { _meta }) };
  const text = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
  return text.replace('"arguments":"@"', () => `"arguments":${args}`);
}

export function helloMessage(client: string, asks: boolean) {
  const params = {
    protocolVersion: '2025-06-18',
    capabilities: capabilitiesOf(asks),
    clientInfo: { name: client, version: '1.0' },
  };
  return { jsonrpc: '2.0', id: 'hello', method: 'initialize', params };
}

export const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };
export const cancelMessage = (requestId: unknown) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

/** Starts the program with this environment and performs the handshake of the era. */
export async function connectRawStdio(
  env: Record<string, string>,
  options: RawMcpOptions = {},
): Promise<RawStdioClient> {
  const { era = '2026', client = 'wire', asks = true } = options;
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: 'pipe' });
  const inbox = createInbox();
  const lines: string[] = [];
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stdin.on('error', () => {}); // if the program died, waiting for its response fails
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    inbox.take(JSON.parse(line) as RpcMessage); // stdout carries nothing but JSON-RPC
  });
  child.once('exit', (code, signal) =>
    inbox.end(new Error(`the program ended (${code ?? signal}): ${log.slice(-2000)}`)),
  );
  let nextId = 1;

  const postText = (tool: string, args: string, extras: Extras = {}) => {
    const { id = nextId++ } = extras;
    wire.sendText(`${callMessage(id, tool, args, extras, options)}\n`);
    return id;
  };
  const wire: RawStdioClient = {
    async call(tool, args, extras) {
      return toReply(await inbox.answerTo(wire.post(tool, args, extras)));
    },
    async callText(tool, args, extras) {
      return toReply(await inbox.answerTo(postText(tool, args, extras)));
    },
    post: (tool, args, extras) => postText(tool, JSON.stringify(args), extras),
    answerTo: (id) => inbox.answerTo(id),
    send: (message) => wire.sendText(`${JSON.stringify(message)}\n`),
    sendText: (text) => void child.stdin.write(text),
    sendBytes: (bytes) => void child.stdin.write(bytes),
    nextRequest: () => inbox.nextRequest(),
    answerOrRequest: (id) => inbox.answerOrRequest(id),
    cancel: (id) => wire.send(cancelMessage(id)),
    lines,
    otherPages: async () => [],
    log: () => log,
    kill: () => void child.kill('SIGKILL'),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async close() {
      child.stdin.end();
      if (wire.isAlive()) await new Promise((resolve) => child.once('exit', resolve));
    },
  };
  if (era === '2025') {
    wire.send(helloMessage(client, asks));
    await inbox.answerTo('hello');
    wire.send(INITIALIZED);
  }
  return wire;
}

export const CHOICE = { yes: 'Yes, make this change', no: 'No, change nothing' };
export const YES = { action: 'accept', content: { confirm: CHOICE.yes } };
/** A chosen no. An instant decline would count as the client's own. */
export const NO = { action: 'accept', content: { confirm: CHOICE.no } };

/** Answers an earlier question of the 2026 era. */
export function answerWith(answer: unknown, requestState: unknown): Extras {
  return { inputResponses: { confirm: answer }, requestState };
}

export function expectAsked(reply: ToolReply): ToolReply & { kind: 'asked' } {
  if (reply.kind !== 'asked') throw new Error(`no question, but ${JSON.stringify(reply.raw)}`);
  return reply;
}

export function expectResult(reply: ToolReply): ToolReply & { kind: 'result' } {
  if (reply.kind !== 'result') throw new Error(`no result, but ${JSON.stringify(reply.raw)}`);
  return reply;
}

export function toReply(raw: RpcMessage): ToolReply {
  if (raw.error) return { kind: 'error', ...raw.error, raw };
  const result = raw.result ?? {};
  if (result['resultType'] === 'input_required') {
    const requests = result['inputRequests'] as Record<
      string,
      { params: { message: string; requestedSchema: unknown } }
    >;
    const params = requests['confirm']?.params;
    return {
      kind: 'asked',
      state: String(result['requestState']),
      message: params?.message ?? '',
      form: params?.requestedSchema,
      raw,
    };
  }
  const content = (result['content'] ?? []) as { text: string }[];
  return {
    kind: 'result',
    is: (result['structuredContent'] ?? {}) as Record<string, unknown>,
    text: content.map(({ text }) => text).join('\n'),
    isError: result['isError'] === true,
    raw,
  };
}

/** A question as a person sees it, in either era. */
export interface AskedQuestion {
  message: string;
  form: unknown;
  raw: RpcMessage;
}

/**
 * One call from beginning to end, in either era: every question is answered by `answer`, up to three times. Only for
 * wires on which no other call is under way.
 */
export async function converse(
  wire: RawMcpClient,
  era: Era,
  tool: string,
  args: unknown,
  answer: (question: AskedQuestion) => unknown,
  extras: Extras = {},
): Promise<ToolReply> {
  if (era === '2026') {
    let reply = await wire.call(tool, args, extras);
    for (let round = 0; reply.kind === 'asked' && round < 3; round++) {
      reply = await wire.call(tool, args, { ...extras, ...answerWith(answer(reply), reply.state) });
    }
    return reply;
  }
  const id = wire.post(tool, args, extras);
  for (;;) {
    const raw = await wire.answerOrRequest(id);
    if (raw.method === undefined) return toReply(raw);
    const { message = '', requestedSchema } = raw.params as { message?: string; requestedSchema: unknown };
    wire.send({ jsonrpc: '2.0', id: raw.id, result: answer({ message, form: requestedSchema, raw }) });
  }
}
