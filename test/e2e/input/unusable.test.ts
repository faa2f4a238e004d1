import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type StdioServer, startStdioServer } from '../../support/stdio-server.ts';

/** A store or a key that cannot be used: nothing is done without them, and whoever calls is told whose turn it is. */

let server: StdioServer;
afterEach(() => server.stop());

const change = { user_id: idOf('awork', 'jane'), set: { position: 'Advisor' } };

describe('over stdio', () => {
  it.each([
    ['UPDATE_USER_STORE', 'is not a SQLite database', () => writeFileSync(server.storePath, 'no database '.repeat(99))],
    ['UPDATE_USER_KEY', 'holds no key', () => writeFileSync(`${server.storePath}.key`, 'short', { mode: 0o600 })],
    [
      'UPDATE_USER_KEY',
      'may be read by others',
      () => {
        writeFileSync(`${server.storePath}.key`, 'short');
        chmodSync(`${server.storePath}.key`, 0o644);
      },
    ],
  ])('%s that %s', async (setting, problem, spoil) => {
    server = await startStdioServer();
    spoil();
    const agent = await server.connect('v2-modern');
    const { is, isError, text } = await agent.call('awork_update_user', change);
    expect(isError).toBe(true);
    expect(is).toMatchObject({
      outcome: 'failed',
      code: 'internal',
      message: expect.stringMatching(new RegExp(`${problem}.*Nothing was changed\\.`)),
      next: expect.stringContaining(`correct ${setting}; update-user-mcp doctor`),
    });
    expect(text).toContain(problem);
    expect(server.sandbox.vendors.awork.requests).toEqual([]);
    expect((await agent.call('find_user', { query: 'Jane', providers: ['awork'] })).is['users']).toHaveLength(1);
  });

  it('a store that is mended is taken with the next call', async () => {
    server = await startStdioServer({ env: { UPDATE_USER_STORE: '' } });
    const store = join(server.dir, 'is-a-file', 'changes.db');
    server.env['UPDATE_USER_STORE'] = store;
    writeFileSync(join(server.dir, 'is-a-file'), '');
    const agent = await server.connect('v2-modern');
    expect((await agent.call('list_changes', {})).is).toMatchObject({ code: 'internal' });
    rmSync(join(server.dir, 'is-a-file'));
    expect((await agent.call('list_changes', {})).is['changes']).toEqual([]);
  });
});
