import { expect, it, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { registerApprover } from '../../support/approvals/signed-in-approver.ts';
import { type Arrived, isSigned, SIGNING_SECRET, startReceiver } from '../../support/notices/receiver.ts';
import { type Agent, startTestServer } from '../../support/program/stdio-server.ts';
import { createDatabase, findServer } from '../../support/store/postgres.ts';
import { findEncoded } from '../../support/text/encodings.ts';
import { CREDENTIALS, FIXTURES, NEW, OLD, SECRET, SHAPED, STRANGE } from '../../support/vendors/marked-values.ts';

vi.setConfig({ testTimeout: 120_000 }); // they start programs, and wait for a retry

/** Real servers, killed at the worst moments, and everything that reaches a receiver. */

const FORMATS = ['json', 'slack', 'teams'] as const;

it.each(['SQLite', 'PostgreSQL'])('loses nothing, tells nothing twice, and shows no value: %s', async (kind) => {
  const database = kind === 'PostgreSQL' ? await findServer('notices') : undefined;
  if (kind === 'PostgreSQL' && !database) return; // said aloud by `findServer`
  const receiver = await startReceiver();
  const server = await startTestServer({
    config: {
      policy: {
        allowSecretInput: true,
        rules: [
          { provider: 'mediasilo', decision: 'approve' },
          { effect: 'secret', decision: 'confirm' },
        ],
      },
      notify: FORMATS.map((format) => ({
        url: `${receiver.url}/${format}`,
        secret: SIGNING_SECRET,
        events: ['*'],
        format,
      })),
    },
    env: database
      ? { UPDATE_USER_STORE: await createDatabase(database.url), UPDATE_USER_KEY: Buffer.alloc(32, 7).toString('hex') }
      : {},
  });
  await registerApprover(server.env);
  for (const [id, { personal, other, around = String }] of FIXTURES) {
    Object.assign(server.sandbox.vendors[id].users.get(idOf(id, 'jane')) ?? {}, {
      [personal]: around(OLD),
      [other]: OLD,
      x_strange: STRANGE,
    });
  }
  const agents: Agent[] = [];
  const connect = async (): Promise<Agent> => {
    const agent = await server.connect('v2-modern');
    agents.push(agent);
    return agent;
  };
  const expected: string[] = [];
  async function change(agent: Agent, index: number): Promise<void> {
    const [id, { personal, around = String, open, secret }] = FIXTURES[index % FIXTURES.length] ?? FIXTURES[0]!;
    const set = { [personal]: around(NEW), [open[0]]: open[1], ...(secret && { [secret]: SECRET }) };
    const reason = `asked by ${SHAPED.join(', ')}`;
    const { is } = await agent.call(`${id}_update_user`, { user_id: idOf(id, 'jane'), set, reason });
    expect(is.outcome).toBe(id === 'mediasilo' ? 'needs_approval' : 'updated');
    expected.push(`${id} ${id === 'mediasilo' ? 'approval.requested' : 'change.updated'}`);
  }
  const toldTo = (format: string): Arrived[] => receiver.accepted().filter(({ path }) => path.endsWith(`/${format}`));

  const [one, two] = [await connect(), await connect()];
  for (const [index] of FIXTURES.entries()) await change(index % 2 ? one : two, index);
  await receiver.until(3 * expected.length);

  // The server that delivers is killed in the middle of its attempts. The other one takes over.
  receiver.answer('silence', 'silence', 'silence');
  const before = receiver.attempts.length;
  const other = FIXTURES.findIndex(([id]) => id === 'atlassian');
  server.sandbox.vendors.atlassian.reset();
  await change(one, other);
  await receiver.untilAttempts(before + 3);
  process.kill(one.pid(), 'SIGKILL');
  await receiver.until(3 * expected.length);

  // The receiver is down, the last server is killed, and another one starts later.
  await receiver.close();
  for (const name of ['atlassian', 'awork'] as const) {
    server.sandbox.vendors[name].reset();
    await change(
      two,
      FIXTURES.findIndex(([id]) => id === name),
    );
  }
  await vi.waitFor(() => expect(two.log()).toContain('a notice was not delivered'), { timeout: 20_000 });
  process.kill(two.pid(), 'SIGKILL');
  await receiver.listen();
  await connect();
  await receiver.until(3 * expected.length);

  const told = toldTo('json').map(({ text }) => JSON.parse(text) as { type: string; data: { provider: string } });
  expect(told.map(({ type, data }) => `${data.provider} ${type}`)).toEqual(expected);
  const ids = toldTo('json').map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(expected.length);
  for (const format of FORMATS) expect(toldTo(format).map(({ headers }) => headers['webhook-id'])).toEqual(ids);
  expect(receiver.attempts.every((arrived) => isSigned(arrived, SIGNING_SECRET))).toBe(true);
  // The three that were never answered came again under their ids.
  expect(
    receiver.attempts.filter(({ status }) => status === undefined).map(({ headers }) => headers['webhook-id']),
  ).toEqual(Array(3).fill(ids[FIXTURES.length]));

  const logs = agents.map((agent) => agent.log()).join('\n');
  expect(logs).not.toContain('n0t-to-be-shown');
  const seen = receiver.attempts.map(({ text, headers, path }) => [text, JSON.stringify(headers), path].join('\n'));
  for (const mark of [SECRET, OLD, NEW, STRANGE, ...SHAPED, ...CREDENTIALS]) {
    expect([mark, seen.map((text) => findEncoded(text, mark)).filter(Boolean)]).toEqual([mark, []]);
    expect([mark, findEncoded(logs, mark)]).toEqual([mark, undefined]);
  }
});
