import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import type { Client } from '../../src/cli/clients/client.ts';
import { clients } from '../../src/cli/clients/index.ts';
import { TOKEN_VARIABLE } from '../../src/cli/registration/server.ts';
import { startHttpProgram } from '../support/http/program.ts';
import { tokenEntry } from '../support/http/server.ts';
import { runCommand } from '../support/program/run-program.ts';
import { PROGRAM, startTestServer } from '../support/program/stdio-server.ts';
import type { App } from './apps/app.ts';
import { claudeCode } from './apps/claude-code.ts';
import { codex } from './apps/codex.ts';
import { copilot } from './apps/copilot.ts';
import { geminiCli } from './apps/gemini-cli.ts';
import { opencode } from './apps/opencode.ts';
import { installApp, openWorkshop } from './install.ts';
import { startModel } from './model.ts';
import { clientIn, createPlace, type Place } from './run.ts';

/** Each client after `init --client … --write`: does it reach the servers that its files now name? */

const TOKEN = 'token-of-the-team';
const workshop = openWorkshop();
afterAll(() => workshop.close());

const apps = [claudeCode, codex, geminiCli, ...opencode.slice(0, 1), ...copilot.slice(0, 1)];
it.for(apps)('$name reaches what init registered, and what was there before', async (app) => {
  const installed = installApp(workshop.folder, app);
  const place = createPlace(workshop.folder, app);
  const { env, sandbox } = await startTestServer();
  const url = await startTeamServer(env);
  const init = async (...args: string[]) => {
    const words = [PROGRAM, 'init', '--client', app.id, '--write', ...args];
    const ran = await runCommand(process.execPath, words, {
      env: { ...sandbox.env, PATH: process.env['PATH'] ?? '', HOME: place.home },
      cwd: place.project,
    });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  };
  for (const client of clients.filter(({ id }) => id === app.id)) writeOther(client, place);

  await init();
  await init('--project', '--name', 'of-project');
  await init('--url', `${url}/mcp`, '--name', 'team');
  app.trust?.(place);

  const local = { other: 'connected', 'update-user': 'connected', 'of-project': 'connected' };
  const reached = await serversOf(app, { ...sandbox.env, [TOKEN_VARIABLE]: TOKEN });
  expect(reached).toEqual({ ...local, team: 'connected' });
  const { team, ...others } = await serversOf(app, sandbox.env);
  expect(others).toEqual(local);
  expect(team).not.toBe('connected');

  async function serversOf({ servers }: App, variables: Record<string, string>) {
    const model = await startModel([]);
    onTestFinished(() => model.close());
    const run = clientIn(place, app, installed, model.url);
    return servers((args, options) => run(args, { ...options, env: { ...variables, ...options?.env } }), model);
  }
});

/** The file of a person who has a server already, with a comment where the client takes one. */
function writeOther({ servers, syntax, userFiles, localEntry }: Client, { home }: Place): void {
  const path = userFiles({ platform: process.platform, home, env: {} }).at(-1) ?? '';
  const args = [join(import.meta.dirname, 'other.mjs')];
  const entry = localEntry({ command: process.execPath, args, variables: { required: [], optional: [] } });
  const lines = Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const json = JSON.stringify({ [servers]: { other: entry } }, null, 2);
  mkdirSync(dirname(path), { recursive: true });
  if (syntax.format === 'toml') writeFileSync(path, ['# mine', `[${servers}.other]`, ...lines, ''].join('\n'));
  else writeFileSync(path, syntax.comments ? `// mine\n${json}\n` : json);
}

/** A server for a team, which takes one token. Returns its URL. */
async function startTeamServer(env: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'update-user-team-'));
  const config = join(folder, 'mcp.config.json');
  writeFileSync(config, JSON.stringify({ http: { auth: { tokens: [tokenEntry('ann', TOKEN)] } } }));
  const own = { UPDATE_USER_STORE: 'memory', UPDATE_USER_CONFIG: config };
  const { url, process: server, exit } = await startHttpProgram({ ...env, ...own });
  onTestFinished(async () => {
    server.kill();
    await exit;
    rmSync(folder, { recursive: true });
  });
  return url;
}
