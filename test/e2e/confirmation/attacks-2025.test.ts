import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { answerWith, expectAsked, expectResult, NO, type RawMcpClient, YES } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { connectRaw, TRANSPORTS, withTokens } from '../../support/program/transports.ts';

/** A hostile client of 2025: it is asked while its call waits, and answers as it likes. */

const PATIENT = { timeout: 20_000 };
const TOOL = 'mediasilo_update_user';
const jane = idOf('mediasilo', 'jane');
const change = { user_id: jane, set: { company: 'Evil Corp' } };

describe.each(TRANSPORTS)('over %s', (transport) => {
  let server: StdioServer;
  beforeAll(async () => {
    server = await startStdioServer({ config: withTokens() });
  });
  afterAll(() => server.stop());
  beforeEach(() => server.sandbox.vendors.mediasilo.reset());

  const record = () => server.sandbox.vendors.mediasilo.users.get(jane) ?? {};
  const writesAt = ({ sandbox }: StdioServer) =>
    sandbox.vendors.mediasilo.requests.filter(({ method }) => method === 'PUT');
  const writes = () => writesAt(server);

  describe('a client of 2025', () => {
    let old: RawMcpClient;
    beforeEach(async () => {
      old = await connectRaw(transport, server.env, { era: '2025' });
      return async () => await old.close();
    });
    const reply = (question: { id?: unknown }, result: unknown) =>
      old.send({ jsonrpc: '2.0', id: question.id, result });

    it('cannot answer a question of a call it has cancelled', async () => {
      const id = old.post(TOOL, change);
      const question = await old.nextRequest();
      old.cancel(id);
      reply(question, YES);
      await sleep(500);
      expect(writes()).toHaveLength(0);
    });

    it('that gives up during the question has an entry that says so', async () => {
      const id = old.post(TOOL, { ...change, reason: 'gives up' });
      await old.nextRequest();
      const { length: reads } = server.sandbox.vendors.mediasilo.requests;
      old.cancel(id);
      const newest = async () => {
        const { is } = expectResult(await old.call('list_changes', { user_id: jane, limit: 1 }));
        return (is['changes'] as Record<string, unknown>[])[0];
      };
      await vi.waitFor(async () => expect(await newest()).toMatchObject({ reason: 'gives up' }), PATIENT);
      expect(await newest()).toMatchObject({
        outcome: 'failed',
        code: 'confirmation_unavailable',
        note: 'the caller stopped waiting before the question was answered',
        changes: [{ field: 'company', before: record()['company'], after: 'Evil Corp' }],
      });
      expect(server.sandbox.vendors.mediasilo.requests).toHaveLength(reads);
    });

    it('that gives up while the record is read has an entry that says so', async () => {
      server.sandbox.vendors.mediasilo.faults.push({ kind: 'hang', method: 'GET' });
      const id = old.post(TOOL, { ...change, reason: 'a slow vendor' });
      await vi.waitFor(() => expect(server.sandbox.vendors.mediasilo.requests).toHaveLength(1), PATIENT);
      old.cancel(id);
      await vi.waitFor(async () => {
        const { is } = expectResult(await old.call('list_changes', { user_id: jane, limit: 1 }));
        expect((is['changes'] as unknown[])[0]).toMatchObject({
          code: 'internal',
          reason: 'a slow vendor',
          note: 'the caller stopped waiting before anything was sent',
          changes: [{ field: 'company' }],
        });
      }, PATIENT);
    });

    it('cannot answer before the question', async () => {
      const early = Array.from({ length: 20 }, (_, id) => JSON.stringify({ jsonrpc: '2.0', id, result: YES }));
      const call = { jsonrpc: '2.0', id: 'c', method: 'tools/call', params: { name: TOOL, arguments: change } };
      old.sendText(`${[...early, JSON.stringify(call), ...early].join('\n')}\n`);
      const question = await old.nextRequest();
      await sleep(100);
      expect(writes()).toHaveLength(0);
      reply(question, NO);
      const answer = await old.answerTo('c');
      expect(answer.result?.['structuredContent']).toMatchObject({ outcome: 'refused' });
    });

    it('cannot take back a no', async () => {
      const id = old.post(TOOL, change);
      const question = await old.nextRequest();
      reply(question, NO);
      reply(question, YES);
      const answer = await old.answerTo(id);
      expect(answer.result?.['structuredContent']).toMatchObject({ outcome: 'refused' });
      await sleep(200);
      expect(writes()).toHaveLength(0);
    });

    it('gets no state, and cannot use one made for it elsewhere', async () => {
      const newer = await connectRaw(transport, server.env);
      const { state } = expectAsked(await newer.call(TOOL, change));
      await newer.close();
      const id = old.post(TOOL, change, answerWith(YES, state));
      const question = await old.nextRequest();
      expect(writes()).toHaveLength(0);
      reply(question, NO);
      await old.answerTo(id);
      expect(writes()).toHaveLength(0);
    });

    it('writes only what was agreed to when two calls have the same id', async () => {
      old.post(TOOL, change, { id: 'same' });
      const first = await old.nextRequest();
      old.post(TOOL, { ...change, set: { company: 'Other Corp' } }, { id: 'same' });
      const second = await old.nextRequest();
      reply(first, NO);
      reply(second, YES);
      await old.answerTo('same');
      await vi.waitFor(() => expect(writes()).not.toHaveLength(0), PATIENT);
      await sleep(500);
      expect(writes().map(({ body }) => body)).toEqual([{ company: 'Other Corp' }]);
    });

    it('cannot hide a call and its answer in one batch', async () => {
      const call = { jsonrpc: '2.0', id: 'b', method: 'tools/call', params: { name: TOOL, arguments: change } };
      old.send([call, { jsonrpc: '2.0', id: 0, result: YES }, { jsonrpc: '2.0', id: 1, result: YES }]);
      await sleep(300);
      expect(writes()).toHaveLength(0);
      expect(old.isAlive()).toBe(true);
    });

    it('writes once when ten calls for the same change all get a yes', async () => {
      const ids = Array.from({ length: 10 }, () => old.post(TOOL, change));
      const answered = Promise.all(ids.map((id) => old.answerTo(id)));
      let open = true;
      const answering = (async () => {
        while (open) {
          const question = await Promise.race([old.nextRequest(), answered.then(() => undefined)]);
          if (question) reply(question, YES);
        }
      })();
      const outcomes = (await answered).map(
        ({ result }) => (result?.['structuredContent'] as { outcome?: string } | undefined)?.outcome,
      );
      open = false;
      await answering;
      expect(writes()).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'updated')).toHaveLength(1);
      expect(new Set(outcomes)).toEqual(new Set(['updated', 'unchanged']));
    });

    it('is asked again, with the current values, when the record moves during the question', async () => {
      const id = old.post(TOOL, change);
      const first = await old.nextRequest();
      record()['company'] = 'Acme Holding';
      reply(first, YES);
      const second = await old.nextRequest();
      expect(second.params?.['message']).toContain('company: "Acme Holding" → "Evil Corp"');
      expect(writes()).toHaveLength(0);
      reply(second, NO);
      const answer = await old.answerTo(id);
      expect(answer.result?.['structuredContent']).toMatchObject({ outcome: 'refused' });
      expect(writes()).toHaveLength(0);
    });

    it('cannot answer after the time limit', async () => {
      const own = await startStdioServer({ config: withTokens({ confirmation: { answerWithinSeconds: 0.3 } }) });
      const client = await connectRaw(transport, own.env, { era: '2025' });
      const id = client.post(TOOL, change);
      const question = await client.nextRequest();
      const answer = await client.answerTo(id);
      expect(answer.result?.['structuredContent']).toMatchObject({ code: 'confirmation_unavailable' });
      client.send({ jsonrpc: '2.0', id: question.id, result: YES });
      await sleep(500);
      expect(writesAt(own)).toHaveLength(0);
      await client.close();
      await own.stop();
    });
  });
});
