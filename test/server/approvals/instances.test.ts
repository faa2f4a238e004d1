import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../../src/app.ts';
import { createVerifier } from '../../../src/approvals/passphrase.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createApprovalsApp } from '../../../src/server/approvals/app.ts';
import { PASSPHRASE } from '../../support/approvals/program.ts';
import { createPipeline, type Pipeline, settingsFrom } from '../../support/pipeline.ts';

/** Two instances with one store and one key behind a balancer that sends each request where it likes. */

const ORIGIN = 'https://users.example.com';
const folder = mkdtempSync(join(tmpdir(), 'update-user-instances-'));
const env = { UPDATE_USER_STORE: join(folder, 'changes.db') };
let pipeline: Pipeline;
let app: App[];
let apps: ReturnType<typeof createApprovalsApp>[];

beforeAll(async () => {
  pipeline = await createPipeline({ env, config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
  app = [pipeline.app, createApp(settingsFrom({}, env))];
  apps = app.map((one) => createApprovalsApp(one, { basePath: '/approvals', publicUrl: ORIGIN }));
});
afterEach(async () => {
  const { approvals } = await pipeline.app.store();
  for (const { name } of await approvals.approvers()) await approvals.removeApprover(name);
});
afterAll(async () => {
  await app[1]?.shutdown();
  await pipeline.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser with one cookie, as the page over https hands it out. */
function browser() {
  const jar = { cookie: '', attributes: '' };
  const send = async (instance: number, path: string, fields?: Record<string, string>) => {
    const headers = { host: 'users.example.com', origin: ORIGIN, cookie: jar.cookie };
    const answer = await apps[instance]?.fetch(
      new Request(ORIGIN + path, { headers, ...(fields && { method: 'POST', body: new URLSearchParams(fields) }) }),
    );
    const [set = '', ...more] = answer?.headers.getSetCookie() ?? [];
    expect(more).toEqual([]);
    if (set !== '') {
      jar.attributes = set.slice(set.indexOf(';') + 2);
      jar.cookie = set.slice(0, set.indexOf(';'));
    }
    return { status: answer?.status, to: answer?.headers.get('location'), body: (await answer?.text()) ?? '' };
  };
  const hiddenFieldsOf = (page: string, action: string) => {
    const form = new RegExp(`action="${action}"[^]*?</form>`).exec(page)?.[0] ?? '';
    return Object.fromEntries([...form.matchAll(/name="(csrf|once)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]));
  };
  return { jar, send, hiddenFieldsOf };
}

async function signedIn(shownBy: number, takenBy: number) {
  const { approvals } = await pipeline.app.store();
  await approvals.addApprover('ann', await createVerifier(PASSPHRASE));
  const one = browser();
  const { body } = await one.send(shownBy, '/approvals/sign-in');
  const before = one.jar.cookie;
  const stamp = one.hiddenFieldsOf(body, '/approvals/sign-in');
  const answer = await one.send(takenBy, '/approvals/sign-in', { ...stamp, name: 'ann', passphrase: PASSPHRASE });
  expect(answer).toMatchObject({ status: 303, to: '/approvals' });
  return { ...one, before };
}

let asked = 0;
async function waiting(): Promise<string> {
  const args = { user_id: idOf('awork', 'anna'), set: { position: `Boss ${++asked}` } };
  return (await pipeline.call('awork', args)).approval?.id ?? '';
}

describe('an approver', () => {
  it('signs in at one instance with the form of another, and decides at either', async () => {
    const { send, hiddenFieldsOf, jar, before } = await signedIn(0, 1);
    expect(jar.attributes).toBe('Path=/; HttpOnly; Secure; SameSite=Strict');
    expect(jar.cookie).toMatch(/^__Host-approvals=/);
    expect(jar.cookie).not.toBe(before);
    const id = await waiting();
    const { body } = await send(1, `/approvals/${id}`);
    const action = `/approvals/${id}/approve`;
    expect(await send(0, action, hiddenFieldsOf(body, action))).toMatchObject({ status: 303, to: `/approvals/${id}` });
    expect((await send(1, `/approvals/${id}`)).body).toContain('Approved by ann');
  });

  it('sends a form once, wherever it comes back', async () => {
    const { send, hiddenFieldsOf } = await signedIn(0, 0);
    const id = await waiting();
    const action = `/approvals/${id}/approve`;
    const stamp = hiddenFieldsOf((await send(0, `/approvals/${id}`)).body, action);
    expect((await send(0, action, stamp)).status).toBe(303);
    expect((await send(1, action, stamp)).status).toBe(409);
  });

  it('who signs out at one is signed out at the other, also with an earlier copy of the cookie', async () => {
    const { send, hiddenFieldsOf, jar } = await signedIn(0, 1);
    const { body } = await send(0, '/approvals');
    const kept = jar.cookie;
    const stamp = hiddenFieldsOf(body, '/approvals/sign-out');
    expect((await send(0, '/approvals/sign-out', stamp)).to).toBe('/approvals/sign-in');
    for (const instance of [0, 1]) {
      jar.cookie = kept;
      expect((await send(instance, '/approvals')).to).toBe('/approvals/sign-in');
    }
  });

  it('who is removed, or registered anew, is signed out at once everywhere', async () => {
    const { send, jar } = await signedIn(0, 1);
    const kept = jar.cookie;
    const { approvals } = await pipeline.app.store();
    await approvals.removeApprover('ann');
    expect((await send(0, '/approvals')).status).toBe(303);
    await approvals.addApprover('ann', await createVerifier(PASSPHRASE));
    jar.cookie = kept;
    expect((await send(1, '/approvals')).status).toBe(303);
  });
});

it('does not sign anybody out for an error of the store', async () => {
  const { send, jar } = await signedIn(0, 1);
  const { approvals } = await pipeline.app.store();
  const isConsumed = approvals.isConsumed.bind(approvals);
  const kept = jar.cookie;
  approvals.isConsumed = async () => {
    throw new Error('the store is away');
  };
  expect((await send(0, '/approvals')).status).toBe(500);
  approvals.isConsumed = isConsumed;
  expect(jar.cookie).toBe(kept);
  expect((await send(0, '/approvals')).status).toBe(200);
});

it('without the key there is no page, and no form of one', async () => {
  const broken = { ...pipeline.app, seal: () => Promise.reject(new Error('no key')) };
  const app = createApprovalsApp(broken, { basePath: '/approvals', publicUrl: ORIGIN });
  const answer = await app.fetch(
    new Request(`${ORIGIN}/approvals/sign-in`, { headers: { host: 'users.example.com' } }),
  );
  expect(answer.status).toBe(500);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await answer.text()).toBe('Something went wrong; the server’s log says what.');
});
