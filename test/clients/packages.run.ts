import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../support/text/markdown.ts';
import { claudeCode } from './apps/claude-code.ts';
import { geminiCli } from './apps/gemini-cli.ts';
import { installApp, openWorkshop } from './install.ts';
import { startModel } from './model.ts';
import { clientIn, createPlace } from './run.ts';

/** The packages that `npm run pack:all` makes for a client: the client itself checks and installs each, and starts its server. */

const workshop = openWorkshop();
beforeAll(() =>
  execFileSync('npm', ['run', '--silent', 'pack:all'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] }),
);
afterAll(() => workshop.close());

it.for([claudeCode, geminiCli])('$name installs $bundle.folder and reaches its server', async (app) => {
  const { bundle } = app;
  if (!bundle) throw new Error(`${app.name} has no bundle`);
  const installed = installApp(workshop.folder, app);
  const place = createPlace(workshop.folder, app);
  app.trust?.(place);
  const model = await startModel([]);
  onTestFinished(() => model.close());
  const run = clientIn(place, app, installed, model.url);
  for (const args of bundle.commands(join(ROOT, 'out', bundle.folder))) {
    const { exit, output } = await run(args, { env: { ...bundle.env } });
    expect(exit, output).toBe(0);
  }
  expect(await app.servers(run, model)).toEqual({ [bundle.server]: 'connected' });
});
