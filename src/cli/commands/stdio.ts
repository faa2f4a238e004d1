import { parseArgs } from 'node:util';
import { createApp } from '../../app.ts';
import { loadSettings } from '../../config/load.ts';
import { runStdio } from '../../server/stdio.ts';
import { limitDrain } from '../output.ts';

/** By then, responses have been written or the client no longer reads them. */
const MAX_DRAIN_MS = 5000;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(
      'Usage: update-user-mcp stdio [--config FILE]\nServes one MCP client over stdin and stdout.\n',
    );
    return 0;
  }
  await runStdio(createApp(loadSettings(process.env, values.config), { isServer: true }), {
    input: process.stdin,
    output: process.stdout,
  });
  limitDrain(MAX_DRAIN_MS);
  return 0;
}
