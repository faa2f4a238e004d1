import { startHttpProgram } from '../http/program.ts';
import { tokenEntry } from '../http/server.ts';
import { connectRawHttp } from '../json-rpc/http.ts';
import { connectRawStdio, type Era, type RawMcpClient, type RawMcpOptions } from '../json-rpc/stdio.ts';

/** The transports of the program: what holds for one has to hold for each. */

export const TRANSPORTS = ['stdio', 'http'] as const;
export type Transport = (typeof TRANSPORTS)[number];
export const TRANSPORT_ERAS: readonly (readonly [transport: Transport, era: Era])[] = [
  ['stdio', '2026'],
  ['http', '2026'],
  ['http', '2025'],
];

/** The tokens of `withTokens`, by their caller. */
export const TOKENS = { agent: 'agent-token-of-the-tests', other: 'other-token-of-the-tests' } as const;

/** A configuration with bearer tokens over HTTP and without a rate limit in practice. */
export function withTokens(config: Record<string, unknown> = {}): Record<string, unknown> {
  const tokens = Object.entries(TOKENS).map(([name, token]) => tokenEntry(name, token));
  return { ...config, http: { auth: { tokens }, rateLimit: { perMinute: 1_000_000 } } };
}

/** A program of its own in this environment, and a client of it. */
export async function connectRaw(
  transport: Transport,
  env: Record<string, string>,
  options: RawMcpOptions = {},
): Promise<RawMcpClient> {
  if (transport === 'stdio') return await connectRawStdio(env, options);
  const program = await startHttpProgram(env);
  const { process: child, stderr, exit, url } = program;
  const wire = await connectRawHttp(url, TOKENS.agent, options);
  return {
    ...wire,
    log: stderr,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: () => void child.kill('SIGKILL'),
    async close() {
      await wire.close();
      child.kill('SIGTERM');
      await exit;
    },
  };
}
