import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type House, openHouse } from '../../support/stdio-server.ts';

/** A store or a key that cannot be used: nothing is done without them, and whoever calls is told whose turn it is. */

let house: House;
afterEach(() => house.stop());

const change = { user_id: idOf('awork', 'jane'), set: { position: 'Advisor' } };

describe('over stdio', () => {
  it.each([
    ['UPDATE_USER_STORE', 'is not a SQLite database', () => writeFileSync(house.storePath, 'no database '.repeat(99))],
    ['UPDATE_USER_KEY', 'holds no key', () => writeFileSync(`${house.storePath}.key`, 'short', { mode: 0o600 })],
    [
      'UPDATE_USER_KEY',
      'may be read by others',
      () => {
        writeFileSync(`${house.storePath}.key`, 'short');
        chmodSync(`${house.storePath}.key`, 0o644);
      },
    ],
  ])('%s that %s', async (setting, problem, spoil) => {
    house = await openHouse();
    spoil();
    const agent = await house.connect('v2-modern');
    const { is, isError, text } = await agent.call('awork_update_user', change);
    expect(isError).toBe(true);
    expect(is).toMatchObject({
      outcome: 'failed',
      code: 'internal',
      message: expect.stringMatching(new RegExp(`${problem}.*Nothing was changed\\.`)),
      next: expect.stringContaining(`${setting} right; update-user-mcp doctor`),
    });
    expect(text).toContain(problem);
    expect(house.sandbox.vendors.awork.requests).toEqual([]);
    expect((await agent.call('find_user', { query: 'Jane', providers: ['awork'] })).is['users']).toHaveLength(1);
  });

  it('a store that is mended is taken with the next call', async () => {
    house = await openHouse({ env: { UPDATE_USER_STORE: '' } });
    const store = join(house.dir, 'is-a-file', 'changes.db');
    house.env['UPDATE_USER_STORE'] = store;
    writeFileSync(join(house.dir, 'is-a-file'), '');
    const agent = await house.connect('v2-modern');
    expect((await agent.call('list_changes', {})).is).toMatchObject({ code: 'internal' });
    rmSync(join(house.dir, 'is-a-file'));
    expect((await agent.call('list_changes', {})).is['changes']).toEqual([]);
  });
});
