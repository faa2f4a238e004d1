import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A minimal client, newline-delimited JSON over stdio. Every server is measured with it, so no SDK favours one of them. */

export interface Command {
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}

export interface ToolCall {
  name: string;
  arguments: Record<string, unknown>;
}

interface Tool {
  name: string;
}

export interface Running {
  call(tool: ToolCall): Promise<ToolResult>;
  tools: Tool[];
  /** Milliseconds from spawn to the response to tools/list. */
  startMs: number;
  pid: number;
  stop(): Promise<void>;
}

export interface ToolResult {
  isError?: boolean;
  content?: { text?: string }[];
  structuredContent?: { outcome?: string };
}

interface Message {
  id?: number;
  result?: unknown;
  error?: { message: string };
}

const START_LIMIT_MS = 20_000;

/** Starts a server with this Node, initializes it and lists its tools. */
export async function start(command: Command): Promise<Running> {
  const began = performance.now();
  const child = spawn(process.execPath, [...command.args], {
    cwd: command.cwd,
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...command.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
  const request = createRequester(child, () => stderr);
  const stop = () => stopChild(child);
  try {
    const clientInfo = { name: 'bench', version: '1.0' };
    await request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
    child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    const { tools } = (await request('tools/list', {})) as { tools: Tool[] };
    const startMs = performance.now() - began;
    const call = async (tool: ToolCall) => (await request('tools/call', { ...tool })) as ToolResult;
    return { call, tools, startMs, pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createRequester(child: ChildProcess, readStderr: () => string) {
  const waiting = new Map<number, (message: Message) => void>();
  let next = 1;
  let rest = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('{')) continue;
      const message = JSON.parse(line) as Message;
      const resolve = message.id === undefined ? undefined : waiting.get(message.id);
      if (message.id !== undefined) waiting.delete(message.id);
      resolve?.(message);
    }
  });
  const fail = (why: string) => {
    for (const resolve of waiting.values()) resolve({ error: { message: `${why} ${readStderr().slice(-300)}` } });
    waiting.clear();
  };
  child.once('exit', (code) => fail(`exited with ${code};`));
  child.once('error', (error) => fail(error.message));
  child.stdin?.on('error', () => {});
  return async (method: string, params: Record<string, unknown>): Promise<unknown> =>
    await new Promise((resolve, reject) => {
      const id = next++;
      const timer = setTimeout(() => fail(`no response to ${method};`), START_LIMIT_MS);
      waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        if (error) reject(new Error(error.message));
        else resolve(result);
      });
      child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
}

/** What a process has used so far. */
export interface Usage {
  cpuMs: number;
  rssMb: number;
}

/** Reads `/proc`; undefined on systems without it. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuMs: (user + system) * 10, rssMb: Number(rss) / 1024 };
  } catch {
    return undefined;
  }
}
