import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApprovalService } from '../../../../src/approvals/service.ts';
import { idOf } from '../../../../src/sandbox/people.ts';
import { startLoopbackServer } from '../../../../src/server/approvals/loopback-server.ts';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import { PASSPHRASE } from '../../../support/approvals/program.ts';
import { createRawClient, type RawHttpClient } from '../../../support/approvals/raw-http.ts';

const NEXT = 'another passphrase of ann';
const PATH = '/approvals/passphrase';

let served: ServedPage;
beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
}, 60_000);
afterAll(() => served.stop());

const ask = async (set: object) =>
  (await served.pipeline.call('atlassian', { user_id: idOf('atlassian', 'jane'), set })).approval?.id ?? '';

async function change(client: RawHttpClient, fields: Record<string, string>) {
  const { body } = await client.get(PATH);
  return await client.post(PATH, { ...client.hiddenFieldsOf(body, PATH), ...fields });
}

describe('the passphrase', { timeout: 60_000 }, () => {
  it('is changed with the one of now; other sessions and unused yeses end', async () => {
    const id = await ask({ title: 'Boss' });
    const client = await served.signIn();
    const other = await served.signIn();
    const service = await createApprovalService(served.pipeline.app);
    expect(await service.decide(id, 'ann', { yes: true })).toMatchObject({ row: { state: 'approved' } });
    const right = { passphrase: PASSPHRASE, next: NEXT, again: NEXT };
    for (const [wrong, message] of [
      [{ passphrase: '' }, 'is missing'],
      [{ passphrase: 'a wrong one' }, 'is not right'],
      [{ next: 'short', again: 'short' }, 'needs at least 12 characters'],
      [{ next: PASSPHRASE, again: PASSPHRASE }, 'is the passphrase of now'],
      [{ again: 'something else' }, 'is not the same as the first one'],
    ] as const) {
      const answer = await change(client, { ...right, ...wrong });
      expect(answer.status).toBe(422);
      expect(answer.body).toContain(message);
      expect(answer.body).not.toContain(NEXT);
    }
    expect((await client.post(PATH, { ...right, csrf: 'x', nonce: 'y' })).status).toBe(403);
    expect(await served.stateOf(id)).toBe('approved');

    expect((await change(client, right)).status).toBe(303);
    expect(await served.stateOf(id)).toBe('pending');
    expect((await client.get('/approvals')).status).toBe(200);
    expect((await other.get('/approvals')).status).toBe(303);
    await expect(served.signIn()).rejects.toThrow('401');
    expect((await change(client, { passphrase: NEXT, next: PASSPHRASE, again: PASSPHRASE })).status).toBe(303);
  });

  it('is asked for again after 15 minutes, for more than ordinary changes', async () => {
    let later = 0;
    const page = await startLoopbackServer(served.pipeline.app, 0, { now: () => Date.now() + later });
    const client = createRawClient(new URL(page.url).origin);
    const signIn = async (from: string) => {
      const hidden = client.hiddenFieldsOf((await client.get(from)).body, '/approvals/sign-in');
      return await client.post('/approvals/sign-in', { ...hidden, name: 'ann', passphrase: PASSPHRASE });
    };
    await signIn('/approvals/sign-in');
    const id = await ask({ active: false });
    const path = `/approvals/${id}/approve`;
    const fields = client.hiddenFieldsOf((await client.get(`/approvals/${id}`)).body, path);
    const both = { [`pick-${id}`]: 'on' };
    const together = await client.get(`/approvals/together?pick-${id}=on`);
    const picked = client.hiddenFieldsOf(together.body, '/approvals/together/approve');
    later = 15 * 60_000;
    expect((await client.get(`/approvals/${id}`)).body).toContain('Sign in again to decide');
    const refused = await client.post(path, { ...fields, typed: 'Jane Doe' });
    expect(refused.headers.location).toBe(`/approvals/sign-in?again=1&to=${id}`);
    const all = await client.post('/approvals/together/approve', { ...picked, ...both, typed: '1' });
    expect(all.headers.location).toBe('/approvals/sign-in?again=1');
    expect(await served.stateOf(id)).toBe('pending');

    const again = await signIn(refused.headers.location ?? '');
    expect(again.headers.location).toBe(`/approvals/${id}`);
    const now = client.hiddenFieldsOf((await client.get(`/approvals/${id}`)).body, path);
    expect((await client.post(path, { ...now, typed: 'Jane Doe' })).status).toBe(303);
    expect(await served.stateOf(id)).toBe('approved');
    later += 60 * 60_000;
    expect((await client.get('/approvals')).status).toBe(303);
    await page.close();
  });
});
