import { expect, it, onTestFinished } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { startStdioServer } from '../../support/program/stdio-server.ts';

it('logs no entry above 32 kB, however much a refused call wanted to change', { timeout: 60_000 }, async () => {
  const server = await startStdioServer({ config: { policy: { rules: [{ field: '*', decision: 'deny' }] } } });
  onTestFinished(() => server.stop());
  const agent = await server.connect('v2-modern');
  const emails = Array.from({ length: 900 }, (_, i) => ({
    value: `jane.doe.${i}@acme.example`,
    type: 'work',
    primary: i === 0,
  }));
  const { is } = await agent.call('atlassian_update_user', { user_id: idOf('atlassian', 'jane'), set: { emails } });
  expect(is).toMatchObject({ outcome: 'denied' });
  const { stdout } = await runProgram(['changes', 'export'], server.env);
  const rows = stdout.trimEnd().split('\n');
  expect(rows).toHaveLength(1);
  for (const row of rows) expect(Buffer.byteLength(row)).toBeLessThanOrEqual(32_000);
  expect(await runProgram(['changes', 'verify'], server.env)).toMatchObject({ code: 0 });
});
