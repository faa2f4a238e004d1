import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PROGRAM } from './house.ts';

/** A client that is no client: JSON-RPC by hand over the built program's stdio, for what no SDK would let one send. */

export type Era = '2026' | '2025';

export interface Message {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

/** What a tools/call came to: a result, a question to take elsewhere, or a protocol error. */
export type Reply =
  | { kind: 'result'; is: Record<string, unknown>; text: string; isError: boolean; raw: Message }
  | { kind: 'asked'; state: string; message: string; form: unknown; raw: Message }
  | { kind: 'error'; code: number; message: string; raw: Message };

export interface Extras {
  inputResponses?: unknown;
  requestState?: unknown;
  client?: string;
  id?: unknown;
}

export interface Wire {
  /** Sends a tools/call and waits for its answer; `args` may be anything. */
  call(tool: string, args: unknown, extras?: Extras): Promise<Reply>;
  /** The same with the arguments as JSON text, for what `JSON.stringify` would not write. */
  callText(tool: string, args: string, extras?: Extras): Promise<Reply>;
  /** The same, but only the sending. */
  post(tool: string, args: unknown, extras?: Extras): unknown;
  /** The answer to a request id, whenever it comes. */
  answerTo(id: unknown): Promise<Message>;
  send(message: unknown): void;
  sendText(text: string): void;
  /** The next request the server makes of us (2025: a question), oldest first. */
  nextRequest(): Promise<Message>;
  /** Every line the server wrote to stdout so far. */
  lines: string[];
  log(): string;
  isAlive(): boolean;
  close(): Promise<void>;
}

export interface WireOptions {
  era?: Era;
  client?: string;
  /** False: the client declares no elicitation. */
  asks?: boolean;
}

const META = 'io.modelcontextprotocol';

/** Starts the program with this environment and does the handshake of the era. */
export async function openWire(env: Record<string, string>, options: WireOptions = {}): Promise<Wire> {
  const { era = '2026', client = 'wire', asks = true } = options;
  const capabilities = asks ? { elicitation: { form: {} } } : {};
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: 'pipe' });
  const inbox = createInbox(child);
  let nextId = 1;

  const postText = (tool: string, args: string, extras: Extras = {}) => {
    const { id = nextId++, client: name = client, ...rest } = extras;
    const _meta = {
      [`${META}/protocolVersion`]: '2026-07-28',
      [`${META}/clientInfo`]: { name, version: '1.0' },
      [`${META}/clientCapabilities`]: capabilities,
    };
    const params = { name: tool, arguments: '@', ...rest, ...(era === '2026' && { _meta }) };
    const text = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
    wire.sendText(`${text.replace('"arguments":"@"', () => `"arguments":${args}`)}\n`);
    return id;
  };
  const wire: Wire = {
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
    nextRequest: () => inbox.nextRequest(),
    lines: inbox.lines,
    log: inbox.log,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async close() {
      child.stdin.end();
      if (wire.isAlive()) await new Promise((resolve) => child.once('exit', resolve));
    },
  };
  if (era === '2025') {
    const params = { protocolVersion: '2025-06-18', capabilities, clientInfo: { name: client, version: '1.0' } };
    wire.send({ jsonrpc: '2.0', id: 'hello', method: 'initialize', params });
    await inbox.answerTo('hello');
    wire.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }
  return wire;
}

export const YES = { action: 'accept', content: { confirm: true } };
export const NO = { action: 'decline' };

/** Comes back with an answer to an earlier question of the 2026 era. */
export function answerWith(answer: unknown, requestState: unknown): Extras {
  return { inputResponses: { confirm: answer }, requestState };
}

export function expectAsked(reply: Reply): Reply & { kind: 'asked' } {
  if (reply.kind !== 'asked') throw new Error(`no question, but ${JSON.stringify(reply.raw)}`);
  return reply;
}

export function expectResult(reply: Reply): Reply & { kind: 'result' } {
  if (reply.kind !== 'result') throw new Error(`no result, but ${JSON.stringify(reply.raw)}`);
  return reply;
}

function createInbox(child: ChildProcessWithoutNullStreams) {
  const lines: string[] = [];
  const answers = new Map<unknown, Message[]>();
  const waiting = new Map<unknown, ((message: Message) => void)[]>();
  const requests: Message[] = [];
  const askers: ((message: Message) => void)[] = [];
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stdin.on('error', () => {}); // a program that died is noticed by who waits for its answer
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    const message = JSON.parse(line) as Message; // stdout carries nothing but JSON-RPC
    if (message.method !== undefined) {
      if (message.id === undefined) return;
      const asker = askers.shift();
      if (asker) asker(message);
      else requests.push(message);
      return;
    }
    const waiter = waiting.get(message.id)?.shift();
    if (waiter) waiter(message);
    else answers.set(message.id, [...(answers.get(message.id) ?? []), message]);
  });
  const gone = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) =>
      reject(new Error(`the program ended (${code ?? signal}): ${log.slice(-2000)}`)),
    );
  });
  gone.catch(() => {});
  return {
    lines,
    log: () => log,
    async answerTo(id: unknown): Promise<Message> {
      const known = answers.get(id)?.shift();
      if (known) return known;
      const coming = new Promise<Message>((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
      return await Promise.race([coming, gone]);
    },
    async nextRequest(): Promise<Message> {
      const known = requests.shift();
      if (known) return known;
      return await Promise.race([new Promise<Message>((resolve) => askers.push(resolve)), gone]);
    },
  };
}

function toReply(raw: Message): Reply {
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
