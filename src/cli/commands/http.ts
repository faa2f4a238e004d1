import { readSettings } from '../../config/load.ts';
import { stopSignal } from '../../lib/stop-signal.ts';
import { approvalsRoute, rootRoute } from '../../server/http/approvals-route.ts';
import { startHttp } from '../../server/http/server.ts';
import type { Called } from '../definitions/command.ts';

interface HttpCommandOptions {
  host: string;
  port: string;
  config?: string;
}

export async function run({ values: { host, port, config } }: Called<HttpCommandOptions>): Promise<number> {
  const stopped = stopSignal();
  const starting = startHttp(await readSettings(process.env, config), {
    host,
    port: Number(port),
    routes: (parts, origin) => [approvalsRoute(parts, origin), rootRoute()],
  });
  const server = await Promise.race([starting, stopped]);
  // Told to stop while it waited for its database: nothing is in flight.
  if (!server) return 0;
  process.stderr.write(`update-user-mcp: listening on ${server.url}/mcp\n`);
  await stopped;
  await server.shutdown();
  return 0;
}
