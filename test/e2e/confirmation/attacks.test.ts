import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { answerWith, CHOICE, expectAsked, expectResult, type RawMcpClient, YES } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { connectRaw, TRANSPORTS, withTokens } from '../../support/program/transports.ts';
import { holdNext } from '../../support/vendors/hold.ts';

/** A hostile client of the 2026 era against the running program. What counts is what arrived at the vendor. */

const YES_FORM = JSON.stringify(YES.content);

describe.each(TRANSPORTS)('over %s', (transport) => {
  let server: StdioServer;
  let wire: RawMcpClient;
  beforeAll(async () => {
    const again = { provider: 'mediasilo', baseUrl: '${env:MEDIASILO_BASE_URL}', hostContext: 'acme' };
    const login = { username: '${env:MEDIASILO_USERNAME}', password: '${env:MEDIASILO_PASSWORD}' };
    server = await startStdioServer({ config: withTokens({ connections: { second: { ...again, ...login } } }) });
    wire = await connectRaw(transport, server.env);
  });
  afterAll(async () => {
    await wire.close();
    await server.stop();
  });
  beforeEach(() => {
    for (const vendor of Object.values(server.sandbox.vendors)) vendor.reset();
  });

  const TOOL = 'mediasilo_update_user';
  const jane = idOf('mediasilo', 'jane');
  const change = { connection: 'mediasilo', user_id: jane, set: { company: 'Evil Corp' } };
  /** No version, no timestamp: at this vendor only the server's own store tells a used yes from a new one. */
  const vendor = () => server.sandbox.vendors.mediasilo;
  const record = () => vendor().users.get(jane) ?? {};
  const writes = () =>
    Object.values(server.sandbox.vendors).flatMap((each) => each.requests.filter(({ method }) => method === 'PUT'));

  const ask = async (args: unknown = change) => expectAsked(await wire.call(TOOL, args));
  const say = async (answer: unknown, state: unknown, args: unknown = change) =>
    await wire.call(TOOL, args, answerWith(answer, state));

  describe('an answer without a question', () => {
    it('is asked for anyway when it comes with the first call', async () => {
      const reply = await wire.call(TOOL, change, { inputResponses: { confirm: YES } });
      expect(reply.kind).toBe('asked');
      expect(writes()).toHaveLength(0);
    });

    it.each([
      ['an empty text', ''],
      ['a word', 'approved'],
      ['JSON in clear', JSON.stringify({ p: { id: 'x', digest: 'x', expiresAt: 9e15 }, exp: 9e9 })],
      ['our shape with nothing in it', 'v1..'],
      ['a payload without a signature', `v1.${encode({ p: token(), exp: 9e9 })}`],
      ['a payload with an empty signature', `v1.${encode({ p: token(), exp: 9e9 })}.`],
      ['a megabyte', `v1.${'A'.repeat(1_000_000)}.AAAA`],
      ['a number', 7],
      ['an object', { id: 'x' }],
      ['null', null],
    ])('is worth nothing with %s for a state', async (_name, state) => {
      const reply = await say(YES, state);
      expect(['asked', 'error']).toContain(reply.kind);
      expect(writes()).toHaveLength(0);
      expect((await ask()).kind).toBe('asked');
    });
  });

  describe('a yes of the 2026 era', () => {
    it('writes once, and is asked for again when it is used again', async () => {
      const { state } = await ask();
      expect(expectResult(await say(YES, state)).is).toMatchObject({ outcome: 'updated' });
      vendor().reset();
      const again = expectAsked(await say(YES, state));
      expect(again.message).toMatch(/^Asked again: .*used/);
      expect(writes()).toHaveLength(0);
      expect(expectResult(await say(YES, again.state)).is).toMatchObject({ outcome: 'updated' });
      expect(writes()).toHaveLength(1);
    });

    it.each([2, 10])('writes once when %i calls bring it at the same time', async (many) => {
      const { state } = await ask();
      const replies = await Promise.all(Array.from({ length: many }, () => say(YES, state)));
      expect(writes()).toHaveLength(1);
      const outcomes = replies.map((reply) => (reply.kind === 'result' ? reply.is['outcome'] : reply.kind));
      expect(outcomes.filter((outcome) => outcome === 'updated')).toHaveLength(1);
    });

    it('writes once when two processes of one store are given it at the same time', async () => {
      const { state } = await ask();
      const other = await connectRaw(transport, server.env);
      vendor().faults.push({ kind: 'delay', method: 'GET', delayMs: 100, times: 2 });
      const replies = await Promise.all([say(YES, state), other.call(TOOL, change, answerWith(YES, state))]);
      await other.close();
      expect(writes()).toHaveLength(1);
      expect(replies.filter((reply) => reply.kind === 'result' && reply.is['outcome'] === 'updated')).toHaveLength(1);
    });

    it('is worthless to a process with another key', async () => {
      const { state } = await ask();
      const other = await connectRaw(transport, { ...server.env, UPDATE_USER_KEY: randomBytes(32).toString('hex') });
      const reply = await other.call(TOOL, change, answerWith(YES, state));
      await other.close();
      expect(reply.kind).toBe('asked');
      expect(writes()).toHaveLength(0);
    });

    it.each<[string, (state: string) => string]>([
      ['a byte of its payload turned', (state) => turned(state, 40)],
      ['the first byte of its signature turned', (state) => turned(state, state.lastIndexOf('.') + 1)],
      ['a byte within its signature turned', (state) => turned(state, state.length - 9)],
      ['its end cut off', (state) => state.slice(0, -4)],
      ['its start cut off', (state) => state.slice(3)],
      ['its signature cut off', (state) => state.slice(0, state.lastIndexOf('.'))],
      ['another prefix', (state) => state.replace(/^v1/, 'v2')],
      ['something appended', (state) => `${state}AAAA`],
      ['a later expiry under the old signature', (state) => repacked(state, { expiresAt: 9e15 })],
      ['another id under the old signature', (state) => repacked(state, { id: 'another' })],
      ['a signature with another key', (state) => resigned(state, randomBytes(32))],
      ['a signature with an empty key', (state) => resigned(state, Buffer.alloc(32))],
    ])('is none with %s', async (_name, altered) => {
      const { state } = await ask();
      const reply = await say(YES, altered(state));
      expect(reply.kind).toBe('asked');
      expect(writes()).toHaveLength(0);
      // And the true one still holds.
      expect(expectResult(await say(YES, state)).is).toMatchObject({ outcome: 'updated' });
    });

    it.each<[string, Record<string, unknown>]>([
      ['value', { set: { company: 'Another Corp' } }],
      ['field', { set: { phone: 'Evil Corp' } }],
      ['set of fields', { set: { company: 'Evil Corp', phone: '+1' } }],
      ['user', { user_id: idOf('mediasilo', 'john') }],
      ['reason', { reason: 'because' }],
      ['list of what to clear', { clear: ['firstName'] }],
      ['connection', { connection: 'second' }],
    ])('does not fit another %s', async (_name, other) => {
      const { state } = await ask();
      const reply = await say(YES, state, { ...change, ...other });
      expect(expectAsked(reply).message).toMatch(/^Asked again: /);
      expect(writes()).toHaveLength(0);
    });

    it('does not fit another tool', async () => {
      const { state } = await ask();
      const args = { user_id: idOf('awork', 'jane'), set: { position: 'Evil Corp' } };
      const reply = await wire.call('awork_update_user', args, answerWith(YES, state));
      expect(reply.kind).toBe('asked');
      expect(writes()).toHaveLength(0);
    });

    it('does not fit another client', async () => {
      const { state } = await ask();
      const reply = await wire.call(TOOL, change, { ...answerWith(YES, state), client: 'another-client' });
      expect(reply.kind).toBe('asked');
      expect(writes()).toHaveLength(0);
    });

    it('given for one change does not fit a second one of the same size', async () => {
      const first = await ask();
      const other = { ...change, set: { company: 'Other Corp' } };
      const second = await ask(other);
      const replies = [await say(YES, first.state, other), await say(YES, second.state)];
      expect(replies.map(({ kind }) => kind)).toEqual(['asked', 'asked']);
      expect(writes()).toHaveLength(0);
    });

    it('does not fit a record that moved, and the next question shows the current values', async () => {
      const { state, message } = await ask();
      expect(message).toContain('company: "Acme Inc." → "Evil Corp"');
      record()['company'] = 'Acme Holding';
      const again = expectAsked(await say(YES, state));
      expect(again.message).toContain('company: "Acme Holding" → "Evil Corp"');
      expect(writes()).toHaveLength(0);
      expect(expectResult(await say(YES, again.state)).is).toMatchObject({ outcome: 'updated' });
      expect(writes()).toHaveLength(1);
    });

    it('does not fit a person who got another name in between', async () => {
      const { state } = await ask();
      record()['lastName'] = 'Roe';
      expect((await say(YES, state)).kind).toBe('asked');
      expect(writes()).toHaveLength(0);
    });

    it('does not write when the caller cancels before the record was read', async () => {
      const { state } = await ask();
      const { release } = holdNext(vendor(), 'GET');
      const { length: before } = vendor().requests;
      const id = wire.post(TOOL, change, answerWith(YES, state));
      await vi.waitFor(() => expect(vendor().requests).toHaveLength(before + 1), { timeout: 20_000 });
      wire.cancel(id);
      await vi.waitFor(
        async () => {
          const { is } = expectResult(await wire.call('list_changes', { user_id: jane, limit: 1 }));
          const note = 'the caller stopped waiting before anything was sent';
          expect(is['changes']).toMatchObject([{ note }]);
        },
        { timeout: 20_000 },
      );
      release();
      await sleep(500);
      expect(writes()).toHaveLength(0);
    });
  });

  describe('an answer that is not a clear yes', () => {
    it.each<[string, unknown]>([
      ['true', { action: 'accept', content: { confirm: true } }],
      ['the text "true"', { action: 'accept', content: { confirm: 'true' } }],
      ['the word "yes"', { action: 'accept', content: { confirm: 'yes' } }],
      ['the choice in other case', { action: 'accept', content: { confirm: CHOICE.yes.toUpperCase() } }],
      ['the choice with a blank', { action: 'accept', content: { confirm: `${CHOICE.yes} ` } }],
      ['the choice by its number', { action: 'accept', content: { confirm: 1 } }],
      ['both choices', { action: 'accept', content: { confirm: `${CHOICE.no}, ${CHOICE.yes}` } }],
      ['null', { action: 'accept', content: { confirm: null } }],
      ['a list', { action: 'accept', content: { confirm: [CHOICE.yes] } }],
      ['an object', { action: 'accept', content: { confirm: { confirm: CHOICE.yes } } }],
      ['false', { action: 'accept', content: { confirm: false } }],
      ['an empty form', { action: 'accept', content: {} }],
      ['no form', { action: 'accept' }],
      ['a form of null', { action: 'accept', content: null }],
      ['a form that is a list', { action: 'accept', content: [{ confirm: CHOICE.yes }] }],
      ['a form that is true', { action: 'accept', content: true }],
      ['a yes by another name', { action: 'accept', content: named(['Confirm', 'yes', 'confirmed', 'overwrite']) }],
      ['a yes in the prototype', raw(`{"action":"accept","content":{"__proto__":${YES_FORM}}}`)],
      ['a yes in its own prototype', raw(`{"action":"accept","content":{"constructor":{"prototype":${YES_FORM}}}}`)],
      ['a form in the prototype', raw(`{"action":"accept","__proto__":{"content":${YES_FORM}}}`)],
      ['another action', { action: 'ACCEPT', content: YES.content }],
      ['an unknown action', { action: 'approve', content: YES.content }],
      ['no action', { content: YES.content }],
      ['a list of answers', [YES]],
      ['an answer that is true', true],
      ['a text', 'accept'],
    ])('writes nothing: %s', async (_name, answer) => {
      const { state } = await ask();
      const reply = await say(answer, state);
      // Without a choice there is no refusal either.
      if (reply.kind === 'result') {
        expect(reply.is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
      }
      expect(writes()).toHaveLength(0);
    });

    const lock = { ...change, set: { status: 'LOCKED' } };
    const agreed = { action: 'accept', content: { confirm: CHOICE.yes, typed: 'Jane Doe' } };

    it.each<[string, unknown, number]>([
      ['a chosen no', { action: 'accept', content: { confirm: CHOICE.no, typed: 'Jane Doe' } }, 0],
      ['a decline', { action: 'decline' }, 600],
      ['a closed question', { action: 'cancel' }, 600],
    ])('is final: %s cannot be followed by a yes to the same question', async (_name, no, afterMs) => {
      const { state } = await ask(lock);
      await sleep(afterMs);
      expect(expectResult(await say(no, state, lock)).is).toMatchObject({ outcome: 'refused' });
      expect(expectAsked(await say(agreed, state, lock)).message).toContain('Asked again');
      expect(writes()).toHaveLength(0);
    });

    it('is final after three wrong names: no state of that question is good for a yes', async () => {
      const states = [(await ask(lock)).state];
      for (const typed of ['John', 'Jane', 'Doe']) {
        const content = { confirm: CHOICE.yes, typed };
        const reply = await say({ action: 'accept', content }, states.at(-1), lock);
        if (reply.kind === 'asked') states.push(reply.state);
        else expect(expectResult(reply).is).toMatchObject({ outcome: 'refused', code: 'declined' });
      }
      expect(states).toHaveLength(3);
      for (const state of states) {
        expect(expectAsked(await say(agreed, state, lock)).message).toContain('Asked again');
      }
      expect(writes()).toHaveLength(0);
    });

    it('writes nothing under another key', async () => {
      const { state } = await ask();
      for (const inputResponses of [
        { other: YES },
        { Confirm: YES },
        raw(`{"__proto__":{"confirm":${JSON.stringify(YES)}}}`),
        [YES],
        { confirm: { confirm: YES } },
        YES,
      ]) {
        const reply = await wire.call(TOOL, change, { inputResponses, requestState: state });
        expect(reply.kind).not.toBe('result');
      }
      expect(writes()).toHaveLength(0);
    });

    it('ignores additional content of a yes', async () => {
      const { state } = await ask();
      const content = raw(
        `{"confirm":"${CHOICE.yes}","typed":7,"set":{"status":"DELETED"},"overwrite":true,"__proto__":{"typed":"x"}}`,
      );
      expect(expectResult(await say({ action: 'accept', content }, state)).is).toMatchObject({ outcome: 'updated' });
      expect(writes().map(({ body }) => body)).toEqual([{ company: 'Evil Corp' }]);
    });

    it.each<[string, unknown]>([
      ['nothing', undefined],
      ['an empty text', ''],
      ['true', true],
      ['a list with the name', ['Jane Doe']],
      ['another name', 'John Smith'],
      ['a part of the name', 'Jane'],
      ['a look-alike of the name', 'Jаne Doe'],
      ['the name twice', 'Jane Doe Jane Doe'],
    ])('does not lock the user out where %s is typed', async (_name, typed) => {
      const { state, form } = await ask(lock);
      expect(form).toMatchObject({ required: ['confirm', 'typed'] });
      const answer = { action: 'accept', content: { confirm: CHOICE.yes, typed } };
      const again = expectAsked(await say(answer, state, lock));
      expect(again.message).toMatch(/^What was typed is not what was asked for \(1 of 3\)/);
      const third = expectAsked(await say(answer, again.state, lock));
      expect(expectResult(await say(answer, third.state, lock)).is).toMatchObject({ outcome: 'refused' });
      expect(writes()).toHaveLength(0);
    });
  });

  describe('a yes that comes too late', () => {
    it('is asked for again once it has expired', async () => {
      const own = await startStdioServer({ config: withTokens({ confirmation: { expiresMinutes: 0.01 } }) });
      const client = await connectRaw(transport, own.env);
      const args = { user_id: jane, set: { company: 'Evil Corp' } };
      const { state } = expectAsked(await client.call(TOOL, args));
      await sleep(700);
      const again = expectAsked(await client.call(TOOL, args, answerWith(YES, state)));
      expect(again.message).toMatch(/^Asked again: .*too late/);
      expect(own.sandbox.vendors.mediasilo.requests.filter(({ method }) => method === 'PUT')).toHaveLength(0);
      await client.close();
      await own.stop();
    });
  });
});

function token() {
  return { id: '00000000-0000-4000-8000-000000000000', digest: 'a'.repeat(64), expiresAt: 9e15 };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function named(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, CHOICE.yes]));
}

/** JSON text as a value whose `__proto__` keys are own ones: the only way to get them onto the wire. */
function raw(text: string): unknown {
  return JSON.parse(text);
}

function turned(state: string, at: number): string {
  return `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`;
}

function repacked(state: string, patch: Record<string, unknown>): string {
  const [, body = '', mac = ''] = state.split('.');
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as { p: object };
  return `v1.${encode({ ...payload, p: { ...payload.p, ...patch } })}.${mac}`;
}

function resigned(state: string, key: Uint8Array): string {
  const [, body = ''] = state.split('.');
  return `v1.${body}.${createHmac('sha256', key).update(`v1.${body}`).digest('base64url')}`;
}
