import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createVerifier } from '../../src/approvals/passphrase.ts';
import { createApprovalService } from '../../src/approvals/service.ts';
import { loadSettings } from '../../src/config/load.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { genesis } from '../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { openDatabase } from '../../src/store/sqlite/driver.ts';
import { approvalOf, PASSPHRASE } from '../support/approvals/program.ts';
import { signInAt } from '../support/approvals/signed-in-approver.ts';
import { startStdioServer } from '../support/program/stdio-server.ts';
import { runPiped } from '../support/program/terminal.ts';
import { readEntries } from '../support/store/samples.ts';
import { createSqlitePlace } from '../support/store/sqlite.ts';

/** A store of before, in which two approvers have names that look alike. */

vi.setConfig({ testTimeout: 120_000 });

it('counts such a pair as one person until one of them is removed', async () => {
  const config = {
    policy: { rules: [{ field: '*', decision: 'approve' }] },
    confirmation: { approversNeeded: 2 },
  };
  const server = await startStdioServer({ config });
  onTestFinished(() => server.stop());
  await makeFormat2(server.storePath, ['ann', 'Ann']);
  const app = createApp(loadSettings({ ...server.env, UPDATE_USER_LOG: 'silent' }, server.env['UPDATE_USER_CONFIG']));
  onTestFinished(() => app.shutdown());
  const { approvals } = await app.store();
  expect((await approvals.approvers()).map(({ name }) => name)).toEqual(['Ann', 'ann']);

  const agent = await server.connect('v2-modern-mute');
  const call = () =>
    agent.call('atlassian_update_user', { user_id: idOf('atlassian', 'jane'), set: { title: 'Boss' } });
  const { id, url } = approvalOf(await call());
  const ann = await signInAt(new URL(url).origin, 'ann');
  await ann.press(url, 'approve');
  const other = await signInAt(new URL(url).origin, 'Ann');
  const page = await other.open(url);
  expect(page).toMatch(/Your name and &quot;ann&quot; look alike[^]*that yes counts for both/);
  expect(page).not.toContain(`${id}/approve`);
  expect((await (await createApprovalService(app)).decide(id, 'Ann', { yes: true })).kind).toBe('repeated');
  expect((await call()).is.outcome).toBe('needs_approval');

  const env = { ...server.env, UPDATE_USER_LOG: 'warn' };
  const listed = await runPiped(env, ['approver', 'list']);
  expect(listed.errors).toContain('"Ann" and "ann" count as one person');
  expect((await runPiped(env, ['approver', 'remove', 'Ann'])).code).toBe(0);
  await approvals.addApprover('ben', await createVerifier(PASSPHRASE));
  await (await signInAt(new URL(url).origin, 'ben')).press(url, 'approve');
  expect((await call()).is.outcome).toBe('updated');
});

it('logs what expires from now on, and not what expired before', async () => {
  const place = await createSqlitePlace();
  onTestFinished(() => place.remove());
  await mkdir(dirname(place.file));
  await makeFormat2(place.file, []);
  const db = await openDatabase(place.file);
  const add = db.prepare(
    `INSERT INTO approvals (id, digest, request_key, state, caller, provider, connection, user_id, created_at, expires_at,
       needed, decisions, view) VALUES (?1, ?1, ?1, ?2, 'c', 'awork', 'awork', 'u', '2026-01-01T00:00:00.000Z', ?3, 1, '[]', x'00')`,
  );
  const now = Date.now();
  for (const state of ['pending', 'approved']) {
    add.run(`old ${state}`, state, now - 5000);
    add.run(`new ${state}`, state, now + 3_600_000);
  }
  db.close();
  const clock = { time: now };
  const altered: string[] = [];
  const options = { now: () => clock.time, onAltered: (what: string) => altered.push(what) };
  const store = await place.open(createProcessId(), options);
  await store.approvals.logExpired();
  clock.time += 7_200_000;
  await store.approvals.logExpired();
  const logged = (await readEntries(store)).map(({ outcome, changeId }) => `${outcome} ${changeId}`);
  expect(logged.sort()).toEqual(['expired new approved', 'expired new pending']);
  expect(altered).toEqual([]);
});

/** A file as the second version left it. Never to be changed along with the program. */
async function makeFormat2(file: string, approvers: string[]): Promise<void> {
  const db = await openDatabase(file);
  db.exec(`
    CREATE TABLE entries (
      seq INTEGER PRIMARY KEY, change_id TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL,
      owner TEXT NOT NULL, provider TEXT NOT NULL, connection TEXT NOT NULL, user_id TEXT NOT NULL, body TEXT NOT NULL,
      prev TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entries_by_change ON entries (change_id);
    CREATE INDEX entries_by_user ON entries (user_id);
    CREATE INDEX moves_by_person ON entries (user_id, provider, connection) WHERE kind <> 'attempt';
    CREATE INDEX results_by_outcome ON entries (outcome) WHERE kind <> 'opened';
    CREATE INDEX results_by_provider ON entries (provider) WHERE kind <> 'opened';
    CREATE INDEX entries_by_time ON entries (at);
    CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
    INSERT INTO head (id, seq, hash) VALUES (1, 0, '${genesis}');
    CREATE TABLE open_intents (seq INTEGER PRIMARY KEY, change_id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE spent (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
    CREATE INDEX spent_by_expiry ON spent (expires_at);
    CREATE TABLE images (change_id TEXT PRIMARY KEY, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT;
    CREATE INDEX images_by_expiry ON images (expires_at);
    CREATE TABLE approvals (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, request_key TEXT NOT NULL,
      state TEXT NOT NULL, caller TEXT NOT NULL, provider TEXT NOT NULL, connection TEXT NOT NULL, user_id TEXT NOT NULL,
      created_at TEXT NOT NULL, expires_at INTEGER NOT NULL, needed INTEGER NOT NULL, decisions TEXT NOT NULL,
      view BLOB NOT NULL, secret BLOB
    ) STRICT;
    CREATE INDEX approvals_by_digest ON approvals (digest);
    CREATE INDEX approvals_by_request ON approvals (request_key);
    CREATE INDEX approvals_by_state ON approvals (state);
    CREATE INDEX approvals_by_expiry ON approvals (expires_at);
    CREATE TABLE approvers (
      name TEXT PRIMARY KEY, verifier TEXT NOT NULL, created_at TEXT NOT NULL, failures INTEGER NOT NULL,
      locked_until INTEGER NOT NULL
    ) STRICT;
    PRAGMA application_id = ${0x55554d31};
    PRAGMA user_version = 2;
  `);
  const add = db.prepare('INSERT INTO approvers VALUES (?, ?, ?, 0, 0)');
  for (const name of approvers) add.run(name, await createVerifier(PASSPHRASE), new Date().toISOString());
  db.close();
}
