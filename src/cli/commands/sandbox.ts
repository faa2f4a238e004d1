import { parseArgs } from 'node:util';
import { UsageError } from '../../errors.ts';
import { startSandbox, vendors } from '../../sandbox/index.ts';

const HELP = `Usage: update-user-mcp sandbox [--port 4600] [--json]
Runs every vendor in a sandbox on loopback, with people in it, and prints the environment that connects to it.
Control it at /_sandbox/ (requests, users, faults, options, reset).`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4600' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError('--port: expected a number from 0 to 65535');
  const sandbox = await startSandbox({ port }).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    throw new UsageError(`--port ${port}: cannot listen on it (${code}); choose another, or 0 for any`);
  });
  process.stdout.write(values.json ? `${JSON.stringify(sandbox.env)}\n` : toExports(sandbox.url, sandbox.env));
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await sandbox.close();
  return 0;
}

function toExports(url: string, env: Record<string, string>): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
  return `# ${vendors.length} vendors at ${url}. To connect update-user-mcp to them:\n${exports.join('\n')}\n`;
}
