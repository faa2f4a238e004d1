import { spawn } from 'node:child_process';
import type { Pool as UndiciPool } from 'undici';
import { Pool } from 'undici';
import { type ToolResult, usageOf } from '../client.ts';
import { add, type Row, rowsOf } from '../statistics.ts';
import { FLOOR, MEMORY, ours, SQLITE, type Subject, type Surroundings } from '../subjects/servers.ts';
import { HTTP_RATE } from '../topics.ts';
import { inFlight } from './calls.ts';

const HTTP_P50 = 'an allowed update over HTTP, one at a time, p50';

/** A running HTTP server. */
export interface HttpServer {
  subject: Subject;
  pool: UndiciPool;
  pid: number;
  stop(): void;
}

/** Revision 2026-07-28, one POST per call. The baseline is the bare SDK's own handler. */
export async function measureHttp(surroundings: Surroundings, floor: Subject, rounds: number): Promise<Row[]> {
  const args = ['http', '--port', '0'];
  const subjects = [
    { ...floor, command: { ...floor.command, args: [...floor.command.args, 'http'] } },
    ours(surroundings, { store: 'memory', args }),
    ours(surroundings, { store: 'file', args }),
  ];
  const served: HttpServer[] = [];
  try {
    for (const subject of subjects) served.push(await serve(subject));
    return await measure(served, rounds);
  } catch (error) {
    const note = `NOT MEASURED: ${String(error).slice(0, 300)}`;
    return [FLOOR, MEMORY, SQLITE].map((what) => ({ topic: HTTP_RATE, what, unit: '/s', note }));
  } finally {
    for (const one of served) one.stop();
  }
}

async function measure(served: readonly HttpServer[], rounds: number): Promise<Row[]> {
  const latency = new Map<string, number[]>();
  const rate = new Map<string, number[]>();
  const cpu = new Map<string, number[]>();
  let nth = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const one of served) {
      for (let at = 0; at < 50; at++) {
        const began = performance.now();
        await call(one, `person-${at}`, nth++);
        if (round > 0) add(latency, one.subject.name, performance.now() - began);
      }
      const before = usageOf(one.pid);
      const seconds = await inFlight(16, 300, (lane) => call(one, `lane-${lane}`, nth++));
      const after = usageOf(one.pid);
      if (round === 0) continue;
      add(rate, one.subject.name, 300 / seconds);
      if (before && after) add(cpu, one.subject.name, (after.cpuMs - before.cpuMs) / 300);
    }
  }
  return [
    ...rowsOf(HTTP_P50, 'ms', latency, FLOOR),
    ...rowsOf(HTTP_RATE, '/s', rate, FLOOR),
    ...rowsOf('16 in flight over HTTP, CPU per call', 'ms', cpu, FLOOR),
  ];
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** One update, in one POST. */
export async function call({ subject, pool }: HttpServer, userId: string, id: number): Promise<void> {
  const tool = subject.update(userId, id);
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/mcp',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': tool.name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { ...tool, _meta: META } }),
  });
  const text = await body.text();
  const data = /^data: ?(\{.*)$/m.exec(text)?.[1] ?? text;
  const isJson = statusCode === 200 && data.startsWith('{');
  const { result } = isJson ? (JSON.parse(data) as { result?: ToolResult }) : {};
  if (!result || !subject.isDone(result)) throw new Error(`${subject.name}: ${statusCode} ${text.slice(0, 200)}`);
}

/** Starts an HTTP server and waits for the address it prints. */
export async function serve(subject: Subject): Promise<HttpServer> {
  const child = spawn(process.execPath, [...subject.command.args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...subject.command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await new Promise<URL>((resolve, reject) => {
    let output = '';
    const onOutput = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (found) resolve(new URL(found));
    };
    child.stdout.on('data', onOutput);
    child.stderr.on('data', onOutput);
    child.once('exit', (code) => reject(new Error(`${subject.name} over HTTP exited with ${code}: ${output}`)));
    setTimeout(() => reject(new Error(`${subject.name} over HTTP printed no address: ${output}`)), 10_000).unref();
  });
  const pool = new Pool(url.origin, { connections: 16 });
  return { subject, pool, pid: child.pid ?? 0, stop: () => void child.kill('SIGKILL') };
}
