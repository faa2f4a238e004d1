import { loadSettings } from '../../config/load.ts';
import { approvalsRoute } from '../../server/http/approvals-route.ts';
import { startHttp } from '../../server/http/server.ts';
import type { Called } from '../definitions/command.ts';

interface HttpCommandOptions {
  host: string;
  port: string;
  config?: string;
}

export async function run({ values: { host, port, config } }: Called<HttpCommandOptions>): Promise<number> {
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
