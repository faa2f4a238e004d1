import { expect, it, onTestFinished } from 'vitest';
import { SIGNING_SECRET, startReceiver } from '../../support/notices/receiver.ts';
import { addPeople, applyJson, fileIn, positions } from '../../support/program/apply.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { startTestServer } from '../../support/program/stdio-server.ts';

const COUNT = 12;

it('a batch whose process was killed is told of by the next server, and again when it was resumed', async () => {
  const receiver = await startReceiver();
  const server = await startTestServer({
    config: {
      policy: { rules: [{ field: 'awork.position', decision: 'allow' }] },
      notify: [{ url: receiver.url, secret: SIGNING_SECRET, events: ['change.updated'], format: 'slack' }],
    },
  });
  const { awork } = server.sandbox.vendors;
  const path = fileIn(server, 'many.csv', positions(addPeople(server.sandbox, COUNT)));
  // All changes are written, the last one not to the end: without a word about it, a kill would hide them all.
  let seen = 0;
  const held = new Promise<void>((resolve) => {
    awork.faults.push({
      kind: 'run',
      times: Number.POSITIVE_INFINITY,
      run: (_, { method }) => void (method === 'PUT' && ++seen === COUNT && resolve()),
    });
  });
  let batch = '';
  await applyJson(server.env, [path, '--provider', 'awork'], async (child) => {
    child.stderr?.on('data', (chunk: Buffer) => (batch ||= /Batch (\S+)/.exec(chunk.toString())?.[1] ?? ''));
    await held;
    child.kill('SIGKILL');
  });
  expect(receiver.attempts).toEqual([]);

  const agent = await server.connect('v2-modern');
  onTestFinished(() => agent.close());
  const [interrupted] = await receiver.until(1);
  expect(interrupted?.text).toContain('A batch was interrupted; it can be resumed');
  expect(interrupted?.text).toContain(`${COUNT} at awork`);
  expect(interrupted?.text).toMatch(/\d+ updated/);

  const resumed = await applyJson(server.env, ['--resume', batch]);
  expect(resumed).toMatchObject({ code: 0, last: { counts: { updated: COUNT } } });
  const [, finished] = await receiver.until(2);
  expect(finished?.text).toContain('A batch finished after it was resumed');
  expect(finished?.text).toContain(`${COUNT} updated`);
  expect(await runProgram(['changes', 'verify'], server.env)).toMatchObject({ code: 0 });
});
