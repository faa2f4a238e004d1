import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../../src/app.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createApprovalsApp } from '../../../src/server/approvals/app.ts';
import { PASSPHRASE } from '../../support/approvals/program.ts';
import { quickVerifier } from '../../support/approvals/verifier.ts';
import { createPipeline, type Pipeline, settingsFrom } from '../../support/pipeline/pipeline.ts';

/** Two instances with one store and one key behind a load balancer that may send a request to either. */

const ORIGIN = 'https://users.example.com';
const folder = mkdtempSync(join(tmpdir(), 'update-user-instances-'));
const env = { UPDATE_USER_STORE: join(folder, 'changes.db') };
let pipeline: Pipeline;
let other: App;
let instances: ReturnType<typeof createApprovalsApp>[];

beforeAll(async () => {
  pipeline = await createPipeline({ env, config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
  other = createApp(settingsFrom({}, env));
  instances = [pipeline.app, other].map((one) =>
    createApprovalsApp(one, { basePath: '/approvals', publicUrl: ORIGIN }),
  );
});
afterEach(async () => {
  const { approvals } = await pipeline.app.store();
  for (const { name } of await approvals.approvers()) await approvals.removeApprover(name);
});
afterAll(async () => {
  await other.shutdown();
  await pipeline.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A client that keeps one cookie, as the page sets it over https. */
function createClient() {
  const jar = { cookie: '', attributes: '' };
  const send = async (instance: number, path: string, fields?: Record<string, string>) => {
    const headers = { host: 'users.example.com', origin: ORIGIN, cookie: jar.cookie };
    const response = await instances[instance]?.fetch(
      new Request(ORIGIN + path, { headers, ...(fields && { method: 'POST', body: new URLSearchParams(fields) }) }),
    );
    const [set = '', ...more] = response?.headers.getSetCookie() ?? [];
    expect(more).toEqual([]);
    if (set !== '') {
      jar.attributes = set.slice(set.indexOf(';') + 2);
      jar.cookie = set.slice(0, set.indexOf(';'));
    }
    return { status: response?.status, to: response?.headers.get('location'), body: (await response?.text()) ?? '' };
  };
  const hiddenFieldsOf = (page: string, action: string) => {
    const form = new RegExp(`action="${action}"[^]*?</form>`).exec(page)?.[0] ?? '';
    return Object.fromEntries([...form.matchAll(/name="(csrf|nonce)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]));
  };
  return { jar, send, hiddenFieldsOf };
}

/** `shownBy` and `sentTo`: the instances that serve and receive the sign-in form. */
async function signIn(shownBy: number, sentTo: number) {
  const { approvals } = await pipeline.app.store();
  await approvals.addApprover('ann', quickVerifier(PASSPHRASE));
  const client = createClient();
  const { body } = await client.send(shownBy, '/approvals/sign-in');
  const before = client.jar.cookie;
  const hidden = client.hiddenFieldsOf(body, '/approvals/sign-in');
  const response = await client.send(sentTo, '/approvals/sign-in', { ...hidden, name: 'ann', passphrase: PASSPHRASE });
  expect(response).toMatchObject({ status: 303, to: '/approvals' });
  return { ...client, before };
}

let asked = 0;
async function requestApproval(): Promise<string> {
  const args = { user_id: idOf('awork', 'anna'), set: { position: `Boss ${++asked}` } };
  return (await pipeline.call('awork', args)).approval?.id ?? '';
}

describe('an approver', () => {
  it('signs in at one instance with the form of another, and decides at either', async () => {
    const { send, hiddenFieldsOf, jar, before } = await signIn(0, 1);
    expect(jar.attributes).toBe('Path=/; HttpOnly; Secure; SameSite=Strict');
    expect(jar.cookie).toMatch(/^__Host-approvals=/);
    expect(jar.cookie).not.toBe(before);
    const id = await requestApproval();
    const { body } = await send(1, `/approvals/${id}`);
    const action = `/approvals/${id}/approve`;
    expect(await send(0, action, hiddenFieldsOf(body, action))).toMatchObject({ status: 303, to: `/approvals/${id}` });
    expect((await send(1, `/approvals/${id}`)).body).toContain('Approved by ann');
  });

  it('can send a form once, to whichever instance', async () => {
    const { send, hiddenFieldsOf } = await signIn(0, 0);
    const id = await requestApproval();
    const action = `/approvals/${id}/approve`;
    const hidden = hiddenFieldsOf((await send(0, `/approvals/${id}`)).body, action);
    expect((await send(0, action, hidden)).status).toBe(303);
    expect((await send(1, action, hidden)).status).toBe(409);
  });

  it('who signs out at one instance is signed out at the other, also with an earlier copy of the cookie', async () => {
    const { send, hiddenFieldsOf, jar } = await signIn(0, 1);
    const { body } = await send(0, '/approvals');
    const kept = jar.cookie;
    const hidden = hiddenFieldsOf(body, '/approvals/sign-out');
    expect((await send(0, '/approvals/sign-out', hidden)).to).toBe('/approvals/sign-in');
    for (const instance of [0, 1]) {
      jar.cookie = kept;
      expect((await send(instance, '/approvals')).to).toBe('/approvals/sign-in');
    }
  });

  it('who is removed, or registered again, is signed out at once at every instance', async () => {
    const { send, jar } = await signIn(0, 1);
    const kept = jar.cookie;
    const { approvals } = await pipeline.app.store();
    await approvals.removeApprover('ann');
    expect((await send(0, '/approvals')).status).toBe(303);
    await approvals.addApprover('ann', quickVerifier(PASSPHRASE));
    jar.cookie = kept;
    expect((await send(1, '/approvals')).status).toBe(303);
  });
});

it('keeps approvers signed in through a store error', async () => {
  const { send, jar } = await signIn(0, 1);
  const { approvals } = await pipeline.app.store();
  const isConsumed = approvals.isConsumed.bind(approvals);
  const kept = jar.cookie;
  approvals.isConsumed = async () => {
    throw new Error('the store is unavailable');
  };
  expect((await send(0, '/approvals')).status).toBe(500);
  approvals.isConsumed = isConsumed;
  expect(jar.cookie).toBe(kept);
  expect((await send(0, '/approvals')).status).toBe(200);
});

it('shows no page and no form without the key', async () => {
  const broken = { ...pipeline.app, seal: () => Promise.reject(new Error('no key')) };
  const app = createApprovalsApp(broken, { basePath: '/approvals', publicUrl: ORIGIN });
  const response = await app.fetch(
    new Request(`${ORIGIN}/approvals/sign-in`, { headers: { host: 'users.example.com' } }),
  );
  expect(response.status).toBe(500);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await response.text()).toBe('Something went wrong; the server’s log says what.');
});
