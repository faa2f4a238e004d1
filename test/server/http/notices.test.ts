import { expect, it, onTestFinished } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { startHttpServer } from '../../support/http/server.ts';
import { SIGNING_SECRET, startReceiver } from '../../support/notices/receiver.ts';

it.each(['https://users.example.com', undefined])(
  'link to the address that people know, and are counted: %s',
  async (publicUrl) => {
    const receiver = await startReceiver();
    const server = await startHttpServer({
      policy: {
        rules: [
          { effect: 'lifecycle', decision: 'approve' },
          { field: '*', decision: 'allow' },
        ],
      },
      ...(publicUrl !== undefined && { http: { publicUrl } }),
      notify: [{ url: receiver.url, secret: SIGNING_SECRET, events: ['approval.requested', 'change.updated'] }],
    });
    onTestFinished(() => server.stop());
    const { approvals } = await server.server.app.store();
    await approvals.addApprover('ann', 'not signed in with here');
    const agent = await server.connect('v2-modern');
    const update = (set: object) => agent.call('atlassian_update_user', { user_id: idOf('atlassian', 'jane'), set });
    const { is: asked } = await update({ active: false });
    const { is: made } = await update({ title: 'Boss' });
    const site = `${publicUrl ?? server.server.url}/approvals`;
    const { id } = asked['approval'] as { id: string };
    const told = (await receiver.until(2)).map(({ text }) => JSON.parse(text) as { data: object });
    expect(told).toMatchObject([
      {
        type: 'approval.requested',
        data: { fields: ['active'], approval_id: id, url: `${site}/${id}` },
      },
      { type: 'change.updated', data: { change_id: made['change_id'], outcome: 'updated' } },
    ]);
    expect(told[1]?.data).toHaveProperty('url', `${site}/history/${String(made['change_id'])}`);
    const metrics = await (await fetch(`${server.server.url}/metrics`)).text();
    expect(metrics).toContain('update_user_notices_total{format="json",result="delivered"} 2');
  },
);
