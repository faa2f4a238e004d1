import { UsageError } from '../../errors.ts';
import { errorCode } from '../../lib/error-code.ts';
import { stopSignal } from '../../lib/stop-signal.ts';
import { presetVendors, startSandbox, vendors } from '../../sandbox/index.ts';
import type { Called } from '../definitions/command.ts';

export async function run({ values }: Called<{ port: string; json?: boolean }>): Promise<number> {
  const port = Number(values.port);
  const sandbox = await startSandbox({ port }).catch((error: unknown) => {
    const code = errorCode(error) ?? 'failed';
    throw new UsageError(`--port ${port}: cannot listen on it (${code}); choose another, or 0 for any`);
  });
  process.stdout.write(values.json ? `${JSON.stringify(sandbox.env)}\n` : toExports(sandbox.url, sandbox.env));
  await stopSignal();
  await sandbox.close();
  return 0;
}

function toExports(url: string, env: Record<string, string>): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
  const presets = presetVendors.map(({ id }) => `"preset:${id.replaceAll('_', '-')}"`);
  return [
    `# ${vendors.length + presets.length} vendors at ${url}. To connect update-user-mcp to them:`,
    ...exports,
    `# ${presets.length} of them need a line in the configuration: "providers": [${presets.join(', ')}]`,
    '',
  ].join('\n');
}
