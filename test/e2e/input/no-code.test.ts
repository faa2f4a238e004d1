import { expect, it } from 'vitest';
import { providers } from '../../../src/providers/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { ALLOW_ALL } from '../../support/pipeline/pipeline.ts';
import { startStdioServer } from '../../support/program/stdio-server.ts';

/** Ends the program where it would make a function of a text, as `eval` and `new Function` do. */
const TRAP = `globalThis.Function = new Proxy(Function, { construct: () => process.exit(99), apply: () => process.exit(99) });
globalThis.eval = () => process.exit(99);`;

it('evaluates no string, from the start to an update and its undo', async () => {
  const trap = `data:text/javascript,${encodeURIComponent(TRAP)}`;
  const server = await startStdioServer({ config: { policy: ALLOW_ALL }, env: { NODE_OPTIONS: `--import=${trap}` } });
  const agent = await server.connect('v2-modern');
  const change = { user_id: idOf('awork', 'jane'), set: { position: 'Advisor' } };
  const { is } = await agent.call('awork_update_user', change);
  expect(is).toMatchObject({ outcome: 'updated' });
  const { users } = (await agent.call('find_user', { query: 'jane.doe@acme.example' })).is;
  expect(users).toHaveLength(providers.length);
  expect((await agent.call('undo_change', { change_id: is['change_id'] })).is).toMatchObject({ outcome: 'updated' });
  expect((await agent.call('list_changes', {})).is['changes']).toHaveLength(2);
  await server.stop();
});
