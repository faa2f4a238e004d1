import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownCommandLine } from '../../../src/cli/own-command.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { type StdioServer, startTestServer } from '../../support/program/stdio-server.ts';

/** Without a usable store or key nothing is done, and the caller learns that the operator has to act. */

const change = { user_id: idOf('awork', 'jane'), set: { position: 'Advisor' } };

describe('over stdio', () => {
  it.each([
    [
      'UPDATE_USER_STORE',
      'is not a SQLite database',
      ({ storePath }: StdioServer) => writeFileSync(storePath, 'no database '.repeat(99)),
    ],
    [
      'UPDATE_USER_KEY',
      'holds no key',
      ({ storePath }: StdioServer) => writeFileSync(`${storePath}.key`, 'short', { mode: 0o600 }),
    ],
    [
      'UPDATE_USER_KEY',
      'may be read by others',
      ({ storePath }: StdioServer) => {
        writeFileSync(`${storePath}.key`, 'short');
        chmodSync(`${storePath}.key`, 0o644);
      },
    ],
  ])('%s that %s', async (setting, problem, spoil) => {
    const server = await startTestServer();
    spoil(server);
    const agent = await server.connect('v2-modern');
    const { is, isError, text } = await agent.call('awork_update_user', change);
    expect(isError).toBe(true);
    expect(is).toMatchObject({
      outcome: 'failed',
      code: 'internal',
      message: expect.stringMatching(new RegExp(`${problem}.*Nothing was changed\\.`)),
      next: expect.stringContaining(`correct ${setting}; ${ownCommandLine('doctor')}`),
    });
    expect(text).toContain(problem);
    expect(server.sandbox.vendors.awork.requests).toEqual([]);
    expect((await agent.call('find_user', { query: 'Jane', providers: ['awork'] })).is['users']).toHaveLength(1);
  });

  it('a repaired store is used by the next call', async () => {
    const server = await startTestServer({ env: { UPDATE_USER_STORE: '' } });
    const store = join(server.dir, 'is-a-file', 'changes.db');
    server.env['UPDATE_USER_STORE'] = store;
    writeFileSync(join(server.dir, 'is-a-file'), '');
    const agent = await server.connect('v2-modern');
    expect((await agent.call('list_changes', {})).is).toMatchObject({ code: 'internal' });
    rmSync(join(server.dir, 'is-a-file'));
    expect((await agent.call('list_changes', {})).is['changes']).toEqual([]);
  });
});
