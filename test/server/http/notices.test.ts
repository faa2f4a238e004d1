import { expect, it, onTestFinished } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { startHttpServer } from '../../support/http/server.ts';
import { SIGNING_SECRET, startReceiver } from '../../support/notices/receiver.ts';

it('link to the address that people know, and are counted', async () => {
  const receiver = await startReceiver();
  const server = await startHttpServer({
    policy: {
      rules: [
        { effect: 'lifecycle', decision: 'approve' },
        { field: '*', decision: 'allow' },
      ],
    },
    http: { publicUrl: 'https://users.example.com' },
    notify: [{ url: receiver.url, secret: SIGNING_SECRET, events: ['approval.requested', 'change.updated'] }],
  });
  onTestFinished(() => server.stop());
  const { approvals } = await server.server.app.store();
  await approvals.addApprover('ann', 'not signed in with here');
  const agent = await server.connect('v2-modern');
  const update = (set: object) => agent.call('atlassian_update_user', { user_id: idOf('atlassian', 'jane'), set });
  const { is: asked } = await update({ active: false });
  const { is: made } = await update({ title: 'Boss' });
  const told = (await receiver.until(2)).map(({ text }) => JSON.parse(text) as { data: object });
  expect(told).toMatchObject([
    {
      type: 'approval.requested',
      data: { fields: ['active'], url: expect.stringMatching(/^https:\/\/users\.example\.com\/approvals\/[\w-]+$/) },
    },
    { type: 'change.updated', data: { change_id: made['change_id'], outcome: 'updated' } },
  ]);
  expect(told[0]?.data).toMatchObject({ approval_id: (asked['approval'] as { id: string }).id });
  expect(told[1]?.data).toHaveProperty(
    'url',
    `https://users.example.com/approvals/history/${String(made['change_id'])}`,
  );
  const metrics = await (await fetch(`${server.server.url}/metrics`)).text();
  expect(metrics).toContain('update_user_notices_total{format="json",result="delivered"} 2');
});
