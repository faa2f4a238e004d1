import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { createApprovalService } from '../../../src/approvals/service.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { approvalsRoute } from '../../../src/server/http/approvals-route.ts';
import { approvalOf, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';
import { signInAt } from '../../support/approvals/signed-in-approver.ts';
import { quickVerifier } from '../../support/approvals/verifier.ts';
import { AUDIENCE, startIssuer } from '../../support/http/issuer.ts';
import { startHttpServer, tokenEntry } from '../../support/http/server.ts';
import { createPipeline, settingsFrom } from '../../support/pipeline/pipeline.ts';
import { runAtTerminal, runPiped } from '../../support/program/terminal.ts';

/** A caller may not approve its own changes, and two names of one person are one approver. */

vi.setConfig({ testTimeout: 120_000 });

const jane = idOf('atlassian', 'jane');
const change = { user_id: jane, set: { title: 'Boss' } };
const policy = { rules: [{ field: '*', decision: 'approve' }] };

describe('an OAuth caller', () => {
  async function start(principals?: string[]) {
    const issuer = await startIssuer();
    onTestFinished(() => issuer.close());
    const oauth = { issuer: issuer.issuer, audience: AUDIENCE, jwks: issuer.jwks, ...(principals && { principals }) };
    const auth = { tokens: [tokenEntry('nightly-sync', 'sync-token')], oauth };
    const place = await startHttpServer(
      { policy, http: { auth } },
      { routes: (app, origin) => [approvalsRoute(app, origin)] },
    );
    onTestFinished(() => place.stop());
    const { approvals } = await place.server.app.store();
    const verifier = quickVerifier(PASSPHRASE);
    return { issuer, place, register: (name: string, is?: string[]) => approvals.addApprover(name, verifier, is) };
  }

  type Started = Awaited<ReturnType<typeof start>>;
  /** The outcome after this approver tried to approve a change requested with this token. */
  async function outcomeOf({ place }: Started, token: string, approver: string) {
    const agent = await place.connect('v2-modern-mute', { token });
    const { url } = approvalOf(await agent.call('atlassian_update_user', change));
    const browser = await signInAt(place.server.url, approver);
    const path = new URL(url).pathname;
    const page = await browser.open(path);
    if (page.includes(`${path}/approve`)) await browser.press(path, 'approve');
    return { page, outcome: (await agent.call('atlassian_update_user', change)).is.outcome };
  }

  it.each<[string, string, Record<string, unknown>]>([
    ['its subject', 'jane@acme.example', { sub: 'jane@acme.example' }],
    ['its subject in another case', 'Jane@Acme.Example', { sub: 'jane@acme.example' }],
    ['its subject, spelled with another alphabet', 'j\u0430ne', { sub: 'jane' }],
    ['its verified address', 'jane@acme.example', { sub: 'a1b2', email: 'jane@acme.example', email_verified: true }],
    ['its user name', 'jane.doe', { sub: 'a1b2', preferred_username: 'Jane.Doe' }],
    ['its object id', '00aa-11bb', { sub: 'a1b2', oid: '00AA-11BB' }],
  ])('may not approve as an approver named like %s', async (_what, approver, claims) => {
    const all = await start();
    await all.register(approver);
    await all.register('ben');
    const token = await all.issuer.token(claims);
    const { page, outcome } = await outcomeOf(all, token, approver);
    expect(page).toContain('You may not approve this');
    expect(outcome).toBe('needs_approval');
    expect((await outcomeOf(all, token, 'ben')).outcome).toBe('updated');
  });

  it('is not identified by an unverified address or a claim that does not count', async () => {
    const all = await start();
    await all.register('jane@acme.example');
    const claims = { sub: 'a1b2', email: 'jane@acme.example', email_verified: false, nickname: 'jane@acme.example' };
    expect((await outcomeOf(all, await all.issuer.token(claims), 'jane@acme.example')).outcome).toBe('updated');
  });

  it('is identified by the configured claims', async () => {
    const all = await start(['employee']);
    await all.register('e-4711');
    const token = await all.issuer.token({ sub: 'a1b2', employee: ['E-4711'] });
    expect((await outcomeOf(all, token, 'e-4711')).outcome).toBe('needs_approval');
    await all.register('4711');
    const numbered = await all.issuer.token({ sub: 'c3d4', employee: 4711 });
    expect((await outcomeOf(all, numbered, '4711')).outcome).toBe('needs_approval');
  });

  it('may not approve as an approver registered as that principal or that token', async () => {
    const all = await start();
    await all.register('ann', [`${all.issuer.issuer}#a1b2`, 'nightly-sync']);
    expect((await outcomeOf(all, await all.issuer.token({ sub: 'a1b2' }), 'ann')).outcome).toBe('needs_approval');
    expect((await outcomeOf(all, 'sync-token', 'ann')).outcome).toBe('needs_approval');
    expect((await outcomeOf(all, await all.issuer.token({ sub: 'c3d4' }), 'ann')).outcome).toBe('updated');
  });
});

describe('approvers whose names look alike', () => {
  it('cannot both be registered, and the message says why', async () => {
    const program = await startApprovalProgram({ policy });
    onTestFinished(() => program.stop());
    const env = { ...program.server.env, UPDATE_USER_LOG: 'warn' };
    for (const name of ['Ann', 'ANN', '\u0430nn', '\uff41nn', '\u00e5nn']) {
      const { code, screen } = await runAtTerminal(env, ['approver', 'add', name], []);
      expect(screen).toContain('looks like the approver "ann"');
      expect(screen).toContain('Nothing was added.');
      expect(code).toBe(1);
    }
    const typed: [string, string][] = [
      ['characters): ', PASSPHRASE],
      ['Once more: ', PASSPHRASE],
    ];
    const is = ['--is', 'ben@acme.example', '--is', 'nightly-sync'];
    expect(await runAtTerminal(env, ['approver', 'add', 'ben', ...is], typed)).toMatchObject({ code: 0 });
    for (const args of [['Ben@acme.example'], ['cay', '--is', 'NIGHTLY-SYNC'], ['cay', '--is', 'ann']]) {
      const { code, screen } = await runAtTerminal(env, ['approver', 'add', ...args], []);
      expect(screen).toMatch(/looks like|already registered as that person/);
      expect(code).toBe(1);
    }
    for (const bad of ['', ' ', 'a\nb', '\u200b']) {
      expect(await runAtTerminal(env, ['approver', 'add', 'cay', '--is', bad], [])).toMatchObject({ code: 2 });
    }
    const listed = JSON.parse((await runPiped(env, ['approver', 'list', '--json'])).screen) as unknown;
    expect(listed).toMatchObject([{ name: 'ann' }, { name: 'ben', is: ['ben@acme.example', 'nightly-sync'] }]);
  });
});

describe('a yes', () => {
  async function requestApproval(confirmation: Record<string, unknown> = {}) {
    const pipeline = await createPipeline({ config: { policy, confirmation } });
    onTestFinished(() => pipeline.stop());
    const { approvals } = await pipeline.app.store();
    for (const name of ['ann', 'ben', 'cay']) await approvals.addApprover(name, `verifier of ${name}`);
    const service = await createApprovalService(pipeline.app);
    const ask = () => pipeline.call('atlassian', change);
    const id = (await ask()).approval?.id ?? '';
    const state = async () => (await approvals.get(id))?.state;
    return { pipeline, approvals, service, ask, id, state };
  }

  it('of a removed approver does not count, even if the name is registered again', async () => {
    const { approvals, service, ask, id, state } = await requestApproval();
    await service.decide(id, 'ann', { yes: true });
    await approvals.removeApprover('ann');
    expect(await state()).toBe('pending');
    expect(await ask()).toMatchObject({ outcome: 'needs_approval', approval: { id } });
    await approvals.addApprover('ann', 'another verifier');
    expect(await ask()).toMatchObject({ outcome: 'needs_approval', approval: { id } });
    expect((await service.decide(id, 'ann', { yes: true })).kind).toBe('decided');
    expect((await ask()).outcome).toBe('updated');
  });

  it('is not enough once two are needed, and the second completes it', async () => {
    const { pipeline, service, ask, id } = await requestApproval();
    await service.decide(id, 'ann', { yes: true });
    pipeline.app.settings.confirmation.approversNeeded = 2;
    const ports = await pipeline.app.ports();
    ports.approval.needed = 2;
    const waiting = await ask();
    expect(waiting).toMatchObject({ outcome: 'needs_approval', approval: { id } });
    expect(waiting.message).toContain('fewer than the 2 approvers');
    const strict = await createApprovalService(pipeline.app);
    expect((await strict.decide(id, 'ann', { yes: true })).kind).toBe('repeated');
    expect(await strict.decide(id, 'ben', { yes: true })).toMatchObject({ row: { state: 'approved' } });
    expect((await ask()).outcome).toBe('updated');
  });

  it('on a pending request is not enough either', async () => {
    const { pipeline, id, ask } = await requestApproval();
    pipeline.app.settings.confirmation.approversNeeded = 2;
    (await pipeline.app.ports()).approval.needed = 2;
    const strict = await createApprovalService(pipeline.app);
    expect(await strict.decide(id, 'ann', { yes: true })).toMatchObject({ row: { state: 'pending' } });
    expect((await ask()).outcome).toBe('needs_approval');
  });

  it('that was taken back does not count, and may be given again or become a no', async () => {
    const { service, ask, id, state } = await requestApproval();
    await service.decide(id, 'ann', { yes: true });
    expect(await service.takeBack(id, 'ben')).toBe(false);
    expect(await service.takeBack(id, 'ann')).toBe(true);
    expect(await state()).toBe('pending');
    expect(await ask()).toMatchObject({ outcome: 'needs_approval', approval: { id } });
    await service.decide(id, 'ann', { yes: true });
    expect(await service.decide(id, 'ann', { yes: false })).toMatchObject({ row: { state: 'declined' } });
    expect(await ask()).toMatchObject({ outcome: 'refused', code: 'declined' });
  });

  it('is used or taken back, never both', async () => {
    const { pipeline, service, ask, id } = await requestApproval();
    await service.decide(id, 'ann', { yes: true });
    const [result, taken] = await Promise.all([ask(), service.takeBack(id, 'ann')]);
    const written = pipeline.sandbox.vendors.atlassian.requests.filter(({ method }) => method === 'PUT').length;
    expect([result.outcome, written]).toEqual(taken ? ['needs_approval', 0] : ['updated', 1]);
    expect(await service.takeBack(id, 'ann')).toBe(false);
  });
});

it('a yes can be taken back on the page and at the terminal', async () => {
  const program = await startApprovalProgram({ policy });
  onTestFinished(() => program.stop());
  const env = { ...program.server.env, UPDATE_USER_LOG: 'warn' };
  const agent = await program.agent();
  const { id, url } = approvalOf(await agent.call('atlassian_update_user', change));
  const browser = await signInAt(new URL(url).origin);
  const path = new URL(url).pathname;
  const signIn: [string, string][] = [
    ['Approver name: ', 'ann'],
    ['Passphrase: ', PASSPHRASE],
  ];
  for (const where of ['page', 'terminal']) {
    await browser.press(url, 'approve');
    const before = await browser.open(url);
    expect(before).toContain('Take my yes back');
    if (where === 'page') {
      await browser.client.post(`${path}/take-back`, browser.client.hiddenFieldsOf(before, `${path}/take-back`));
    } else {
      const done = await runAtTerminal(env, ['approve', id, '--take-back'], signIn);
      expect(done).toMatchObject({ code: 0, screen: expect.stringContaining('Taken back.') });
    }
    const after = await browser.open(url);
    expect(after).toContain('Approve this change');
    expect(after).toContain('taken back');
    expect((await agent.call('atlassian_update_user', change)).is).toMatchObject({ outcome: 'needs_approval' });
  }
  const late = await runAtTerminal(env, ['approve', id, '--take-back'], signIn);
  expect(late).toMatchObject({ code: 1, screen: expect.stringContaining('no yes to take back') });
});

it('two instances answer alike for a known and an unknown name', async () => {
  const shared = await startApprovalProgram();
  onTestFinished(() => shared.stop());
  const other = createApp(settingsFrom({}, { ...shared.server.env, UPDATE_USER_LOG: 'silent' }));
  onTestFinished(() => other.shutdown());
  const services = [await createApprovalService(shared.app), await createApprovalService(other)];
  const seen: Record<string, string[]> = { ann: [], unknown: [] };
  for (const [name, kinds] of Object.entries(seen)) {
    for (const service of services) {
      for (let guess = 0; guess < 6; guess++) kinds.push((await service.signIn(name, `guess ${guess}`, 'here')).kind);
    }
  }
  expect(seen['ann']).toEqual(seen['unknown']);
});
