import { createApp } from '../../app.ts';
import { loadSettings } from '../../config/load.ts';
import { runStdio } from '../../server/stdio.ts';
import { limitDrain } from '../output.ts';

/** By then, responses have been written or the client no longer reads them. */
const MAX_DRAIN_MS = 5000;

export async function run({ values }: { values: { config?: string } }): Promise<number> {
  await runStdio(createApp(loadSettings(process.env, values.config), { isServer: true }), {
    input: process.stdin,
    output: process.stdout,
  });
  limitDrain(MAX_DRAIN_MS);
  return 0;
}
