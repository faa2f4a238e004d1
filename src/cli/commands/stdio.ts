import { createApp } from '../../app.ts';
import { readSettings } from '../../config/load.ts';
import { runStdio } from '../../server/stdio.ts';
import { limitDrain } from '../output.ts';

/** By then, responses have been written or the client no longer reads them. */
const MAX_DRAIN_MS = 5000;

interface Options {
  config?: string;
  'allow-empty-config'?: boolean;
}

export async function run({ values }: { values: Options }): Promise<number> {
  if (values['allow-empty-config'] && process.env['UPDATE_USER_CONFIG'] === '')
    delete process.env['UPDATE_USER_CONFIG'];
  await runStdio(createApp(await readSettings(process.env, values.config), { isServer: true }), {
    input: process.stdin,
    output: process.stdout,
  });
  limitDrain(MAX_DRAIN_MS);
  return 0;
}
