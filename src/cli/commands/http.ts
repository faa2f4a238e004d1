import { loadSettings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { approvalsRoute } from '../../server/http/approvals-route.ts';
import { startHttp } from '../../server/http/server.ts';
import { parseOptions } from '../options.ts';

const HELP = `Usage: update-user-mcp http [--host 127.0.0.1] [--port 3600] [--config FILE]
Serves MCP clients at /mcp and approvers at /approvals, and /healthz, /readyz and /metrics.
Port 0 picks a free port. Without http.auth in the configuration it serves loopback only.`;

export async function run(args: string[]): Promise<number> {
  const parsed = parseOptions(args, HELP, {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '3600' },
  });
  if (!parsed) return 0;
  const { host, port, config } = parsed.values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError('--port: expected a number from 0 to 65535');
  }
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const server = await startHttp(loadSettings(process.env, config), {
    host,
    port: Number(port),
    routes: (parts, origin) => [approvalsRoute(parts, origin)],
  });
  process.stderr.write(`update-user-mcp: listening on ${server.url}/mcp\n`);
  await ended;
  await server.shutdown();
  return 0;
}
