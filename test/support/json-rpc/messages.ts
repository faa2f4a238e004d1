import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PROGRAM } from '../program/stdio-server.ts';

/** Raw messages that no SDK would send. */

export interface RawRpcResponse {
  id?: unknown;
  result?: Record<string, unknown> & { structuredContent?: Record<string, unknown> };
  error?: { code: number; message: string };
}

export const hello = (protocolVersion = '2025-06-18') => [
  {
    jsonrpc: '2.0',
    id: 'hello',
    method: 'initialize',
    params: { protocolVersion, capabilities: {}, clientInfo: { name: 'by-hand', version: '1' } },
  },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
];

const META = 'io.modelcontextprotocol';

/** `_meta` of every request of the 2026 era. */
export const modernMeta = {
  [`${META}/protocolVersion`]: '2026-07-28',
  [`${META}/clientInfo`]: { name: 'by-hand', version: '1' },
  [`${META}/clientCapabilities`]: {},
};

export const toBytes = (...parts: (string | Buffer | object)[]) =>
  Buffer.concat(
    parts.map((part) =>
      Buffer.isBuffer(part) ? part : Buffer.from(typeof part === 'string' ? part : `${JSON.stringify(part)}\n`),
    ),
  );

/** What the program writes to stdout, line by line, after it has read these bytes and the end of its input. */
export async function pipe(env: Record<string, string>, ...input: (string | Buffer | object)[]) {
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const stderr = text(child.stderr);
  child.stdin.on('error', () => {}); // a program that ended early shows in its responses
  child.stdin.end(toBytes(...input));
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const lines = said.split('\n').filter((line) => line !== '');
  const answers = lines.map((line) => JSON.parse(line) as RawRpcResponse | RawRpcResponse[]);
  return { code: code as number | null, lines, answers, stderr: await stderr };
}
