import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { type HttpProgram, startHttpProgram } from '../../support/http/program.ts';
import { connectTo, INITIALIZE, post } from '../../support/http/server.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { runAtTerminal } from '../../support/program/terminal.ts';
import { findOwnServer } from '../../support/store/postgres.ts';
import { initTeam, readCompose } from '../../support/team/team.ts';
import { holdNext } from '../../support/vendors/hold.ts';

/** What `init --team` makes, started as its compose file says, but without containers. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs and databases

const sandbox = await startSandbox();
const folder = mkdtempSync(join(tmpdir(), 'team-'));
const { stdout } = await initTeam(folder, ['--json'], sandbox.env);
const { token } = JSON.parse(stdout) as { token: string };
const password = readFileSync(join(folder, 'postgres-password'), 'utf8');
const server = await findOwnServer('the tests of a team server', { user: 'update_user', password });

afterAll(async () => {
  await sandbox.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The variables of the server as compose passes them on, its secrets where they are outside of a container. */
function environment(): Record<string, string> {
  const { environment = {} } = readCompose(folder).services['server'] ?? {};
  const filled = Object.entries(environment).map(([name, value]) => {
    const [, variable = '', fallback] = /^\$\{(\w+):(?:\?.+|-(.*))\}$/.exec(value) ?? [];
    const given = variable === '' ? value : (sandbox.env[variable as keyof typeof sandbox.env] ?? fallback ?? '');
    return [name, given.replace('/run/secrets', folder)];
  });
  return { PATH: process.env['PATH'] ?? '', ...Object.fromEntries(filled) };
}

/** Starts it on a free port; resolves when it listens, or has ended. `onLog` gets what it wrote to stderr so far. */
async function start(onLog: (text: string) => void = () => {}, env: Record<string, string> = {}) {
  const { command = [] } = readCompose(folder).services['server'] ?? {};
  const args = command.slice(command.indexOf('http') + 1);
  args.splice(args.indexOf('--port'), 2);
  const program = await startHttpProgram({ ...environment(), ...env }, args, onLog);
  onTestFinished(() => void program.process.kill('SIGKILL'));
  return { ...program, url: program.url.replace('0.0.0.0', '127.0.0.1') };
}

async function connect({ url }: HttpProgram) {
  const agent = await connectTo(`${url}/mcp`, 'v2-modern', { token });
  onTestFinished(() => agent.close());
  return agent;
}

const atlassian = { tool: 'atlassian_update_user', user_id: idOf('atlassian', 'jane') };

describe.skipIf(!server)('a server of init --team', () => {
  beforeAll(async () => {
    const sql = postgres(server?.url ?? '', { max: 1 });
    await sql`CREATE DATABASE update_user`;
    await sql.end();
    // The host and port of the test's database instead of those of the container.
    const config = join(folder, 'mcp.config.json');
    const { host } = new URL(server?.url ?? '');
    writeFileSync(config, readFileSync(config, 'utf8').replace('@postgres:5432/', `@${host}/`));
  });

  it('waits for its database, then finds, previews and changes a user for whoever has the token', async () => {
    await server?.halt('fast');
    let comingUp: Promise<void> | undefined;
    const program = await start((text) => {
      if (text.includes('waiting for the store')) comingUp ??= sleep(1000).then(() => server?.start());
    });
    await comingUp;
    expect((await fetch(`${program.url}/readyz`)).status).toBe(200);
    const agent = await connect(program);
    const tools = (await agent.tools()).map(({ name }) => name);
    expect(tools).toEqual(expect.arrayContaining(['find_user', atlassian.tool]));
    const found = await agent.call('find_user', { query: 'jane.doe@acme.example' });
    expect(JSON.stringify(found.is)).toContain(atlassian.user_id);
    const change = { user_id: atlassian.user_id, set: { title: 'Staff Engineer' } };
    const preview = await agent.call(atlassian.tool, { ...change, dry_run: true });
    expect(preview.is).toMatchObject({ outcome: 'preview', verdict: 'confirm' });
    expect((await agent.call(atlassian.tool, change)).is).toMatchObject({ outcome: 'updated' });
    expect(sandbox.vendors.atlassian.users.get(atlassian.user_id)?.['title']).toBe('Staff Engineer');
  });

  it('answers 401 without the token', async () => {
    const { url } = await start();
    for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: `Bearer ${token.slice(1)}0` }]) {
      expect((await post(`${url}/mcp`, INITIALIZE, headers)).status).toBe(401);
    }
    expect((await post(`${url}/mcp`, INITIALIZE, { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('finishes a write in flight at SIGTERM, and another instance on the same database knows of it', async () => {
    const [one, other] = [await start(), await start()];
    const [agent, elsewhere] = [await connect(one), await connect(other)];
    const { arrived, release } = holdNext(sandbox.vendors.atlassian, 'PUT');
    const pending = agent.call(atlassian.tool, { user_id: atlassian.user_id, set: { title: 'Slow' } });
    await arrived;
    one.process.kill('SIGTERM');
    const isReady = () =>
      fetch(`${one.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(isReady, { timeout: 20_000 }).toBe(false); // it is stopping by then
    release();
    expect((await pending).is).toMatchObject({ outcome: 'updated' });
    expect(await one.exit).toBe(0);
    const { is } = await elsewhere.call('list_changes', { limit: 1 });
    expect(is['changes']).toMatchObject([{ outcome: 'updated', caller: 'team', user_id: atlassian.user_id }]);
    const next = await elsewhere.call(atlassian.tool, { user_id: atlassian.user_id, set: { title: 'Next' } });
    expect(next.is).toMatchObject({ outcome: 'updated' });
  });

  it('lacks nothing once an approver was added, and sends leavers to its approval page', async () => {
    const passphrase = 'correct horse battery';
    const added = await runAtTerminal(
      environment(),
      ['approver', 'add', 'ann'],
      [
        ['Passphrase for ann', passphrase],
        ['Once more', passphrase],
      ],
    );
    expect(added.screen).toContain('ann may now approve changes.');
    expect(await runProgram(['doctor'], environment())).toMatchObject({ code: 0 });
    const agent = await connect(await start());
    const { is } = await agent.call(atlassian.tool, { user_id: atlassian.user_id, set: { active: false } });
    expect(is).toMatchObject({
      outcome: 'needs_approval',
      approval: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:3600\/approvals\//) },
    });
  });

  it('with a wrong password ends at once and says so, without the password', async () => {
    const wrong = server?.url.replace(password, 'wrong-password') ?? '';
    const program = await start(() => {}, { UPDATE_USER_STORE: wrong });
    expect(await program.exit).toBe(2);
    expect(program.stderr()).toMatch(/refuses the user or the password of its URL/);
    expect(program.stderr()).not.toMatch(/waiting for the store|wrong-password/);
  });
});
