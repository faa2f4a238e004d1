import { afterAll, beforeAll, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { CLIENTS, type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';

/** Arguments that real clients add to calls; see test/clients. */

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer();
});
afterAll(() => server.stop());

it.each(CLIENTS)(
  '%s: the ordering hint of Gemini CLI is ignored, and no other undeclared argument is',
  async (kind) => {
    const agent = await server.connect(kind);
    const query = { query: 'jane.doe@acme.example' };
    const found = await agent.call('find_user', { ...query, wait_for_previous: true });
    expect(found.isError).toBe(false);
    const change = { user_id: idOf('awork', 'jane'), set: { position: 'CEO' }, dry_run: true };
    expect((await agent.call('awork_update_user', { ...change, wait_for_previous: false })).is.outcome).toBe('preview');
    for (const extra of [{ wait_for_previous: 'yes' }, { wait_for_next: true }]) {
      expect((await agent.call('awork_update_user', { ...change, ...extra })).is.code).toBe('invalid_input');
    }
  },
);
