import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Vendor } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { ENTERPRISE } from '../../../src/sandbox/vendors/atlassian/people.ts';
import {
  type AskedQuestion,
  CHOICE,
  converse,
  expectResult,
  NO,
  type RawMcpClient,
  YES,
} from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { connectRaw, TOKENS, TRANSPORT_ERAS, withTokens } from '../../support/program/transports.ts';
import { storeTexts } from '../../support/store/files.ts';
import { ENCODINGS, findEncoded, textsIn } from '../../support/text/encodings.ts';
import {
  CREDENTIALS,
  FIXTURES,
  FOREIGN,
  NEW,
  OLD,
  PRESET_FIXTURES,
  SECRET,
  SHAPED,
  STRANGE,
} from '../../support/vendors/marked-values.ts';
import { ALL_PRESETS } from '../../support/vendors/registry.ts';

/** Marks every value, then searches everything that leaves the server: results, questions, log, store. */

describe.each(TRANSPORT_ERAS)('over %s, in the era of %s', (transport, era) => {
  let server: StdioServer;
  let wire: RawMcpClient;
  beforeAll(async () => {
    const rules = [{ effect: 'secret', decision: 'confirm' }];
    server = await startStdioServer({
      config: withTokens({ ...ALL_PRESETS, policy: { allowSecretInput: true, rules } }),
    });
    wire = await connectRaw(transport, server.env, { era });
  });
  afterAll(async () => {
    await wire.close();
    await server.stop();
  });

  /** Everything the server showed, by its audience. */
  const model: unknown[] = [];
  const asked: unknown[] = [];

  // The transport makes no difference to what a preset adds.
  describe.each([...FIXTURES, ...(transport === 'stdio' ? PRESET_FIXTURES : [])])('%s', (id, fixture) => {
    const tool = `${id}_update_user`;
    const jane = idOf(id, 'jane');
    const vendor = () => server.sandbox.vendors[id];
    const around = fixture.around ?? ((mark: string) => mark);
    beforeEach(() => {
      vendor().reset();
      const record = vendor().users.get(jane);
      if (!record) throw new Error('no such user');
      fixture.put(record, fixture.personal, around(OLD));
      fixture.put(record, fixture.other, OLD);
      record['x_strange'] = STRANGE;
      record['x_strange_object'] = { [STRANGE]: STRANGE, list: [STRANGE, { deep: STRANGE }] };
    });
    const newValues = () => ({
      [fixture.personal]: around(NEW),
      [fixture.open[0]]: fixture.open[1],
      ...(fixture.secret && { [fixture.secret]: SECRET }),
    });

    const reason = [`asked by ${SHAPED.join(', ')}`, ...(fixture.secret ? [SECRET] : [])].join(' with ');
    const update = (args: object, content: object = YES) => callTool(tool, { user_id: jane, reason, ...args }, content);

    async function callTool(name: string, args: object, content: object = YES) {
      const answer = ({ form, raw }: AskedQuestion) => {
        asked.push(raw);
        const typed = /"typed".*?Type (\\".*?\\") to confirm/.exec(JSON.stringify(form))?.[1];
        const label = typed === undefined ? {} : { typed: JSON.parse(typed.replaceAll('\\"', '"')) as string };
        return content === YES ? { action: 'accept', content: { confirm: CHOICE.yes, ...label } } : content;
      };
      const reply = await converse(wire, era, name, args, answer);
      const result = expectResult(reply);
      model.push(result.raw);
      return result;
    }

    it('leaks nothing when the change is made', async () => {
      const { is, raw } = await update({ set: newValues() });
      expect(is['outcome']).toBe('updated');
      expect(fixture.held(vendor().users.get(jane), fixture.personal)).toBe(around(NEW));
      expectModelSeesNothing(raw);
    });

    const shapes = id === 'atlassian' ? ['the whole user'] : [];
    it.each(shapes)('leaks nothing when it returns %s', async () => {
      const record = vendor().users.get(jane) ?? {};
      record[ENTERPRISE] = { department: 'Product', organization: 'Acme Inc.', employeeNumber: STRANGE };
      record['emails'] = [{ value: 'jane.doe@acme.example', type: 'work', primary: true, display: OLD }];
      const { is, raw } = await update({ set: newValues(), excluded_attributes: 'locale' });
      expect(is).toMatchObject({ outcome: 'updated', user: { attributes: { title: 'Principal' } } });
      expect(vendor().users.get(jane)?.[ENTERPRISE]).toMatchObject({ employeeNumber: STRANGE });
      expectModelSeesNothing(raw);
    });

    it('leaks nothing when the answer is no', async () => {
      const { is } = await update({ set: newValues() }, NO);
      expect(is['outcome']).toBe('refused');
    });

    it('leaks nothing in a preview, nor when nothing changes', async () => {
      expect((await update({ set: newValues(), dry_run: true })).is['outcome']).toBe('preview');
      const now = fixture.held(vendor().users.get(jane), fixture.open[0]);
      expect((await update({ set: { [fixture.open[0]]: now } })).is['outcome']).toBe('unchanged');
    });

    it('leaks nothing when the vendor echoes the request and its headers', async () => {
      vendor().faults.push({ kind: 'echo', method: fixture.method });
      const { is, raw } = await update({ set: newValues() });
      expect(is).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
      expectModelSeesNothing(raw);
    });

    it('leaks nothing when the vendor echoes a read', async () => {
      vendor().faults.push({ kind: 'echo', method: 'GET' });
      const { is } = await update({ set: newValues() });
      expect(is['outcome']).toBe('failed');
    });

    // After a 500 the write may have been made, and the record is polled for seconds: one vendor is enough.
    const statuses = [401, 403, 404, 409, 422, ...(id === 'mediasilo' ? [500] : [])];
    it.each(statuses)('leaks nothing when a write gets status %i', async (status) => {
      const body = fixture.error([SECRET, OLD, NEW, STRANGE, ...fixture.keys].join(' '));
      // After a 401 a token may be renewed, and the write repeated.
      vendor().faults.push({ kind: 'status', method: fixture.method, status, body, times: status === 401 ? 2 : 1 });
      const { is } = await update({ set: newValues() });
      expect(['failed', 'unverified']).toContain(is['outcome']);
    });

    it('leaks nothing when the record cannot be read back', async () => {
      const body = fixture.error([SECRET, OLD, NEW, STRANGE, ...fixture.keys].join(' '));
      const breakReads = (each: Vendor) =>
        void each.faults.push({ kind: 'status', method: 'GET', status: 500, times: 20, body });
      vendor().faults.push({ kind: 'run', method: fixture.method, run: breakReads });
      const { is, raw } = await update({ set: newValues() });
      expect(is).toMatchObject({ outcome: 'unverified', code: 'unverified' });
      expectModelSeesNothing(raw);
    });

    it('leaks nothing when another client changed the record first', async () => {
      vendor().options.collateral = { field: fixture.place(fixture.personal), value: around(FOREIGN) };
      const { is, raw } = await update({ set: newValues() });
      expect(is).toMatchObject({ outcome: 'conflict', code: 'record_changed' });
      expectModelSeesNothing(raw);
    });

    it.each(['a known', 'an unknown'])('leaks nothing when %s attribute changes unasked', async (which) => {
      const field = which === 'a known' ? fixture.other : 'x_strange';
      vendor().options.collateral = { field: which === 'a known' ? fixture.place(field) : field, value: FOREIGN };
      const { is, raw } = await update({ set: newValues() });
      const isSeen = field !== 'x_strange' || !fixture.hidesUnknown;
      expect(is).toMatchObject({ outcome: 'updated', ...(isSeen && { collateral: [{ field }] }) });
      expectModelSeesNothing(raw);
    });

    it.each<[string, object]>([
      [
        'a value of the wrong type',
        { set: { [fixture.personal]: [NEW], [fixture.secret ?? 'password']: { x: SECRET } } },
      ],
      ['an unknown field', { set: { nonsense: NEW, passwort: SECRET } }],
      ['a field in the wrong place', { [fixture.personal]: NEW, password: SECRET }],
      ['a reason that is too long', { set: newValues(), reason: SECRET.repeat(100) }],
      ...(fixture.secret === undefined
        ? []
        : [
            ['a secret twice', { set: newValues(), [fixture.secret]: SECRET, reason: `set ${SECRET}` }] as [
              string,
              object,
            ],
          ]),
      ['a list of what cannot be cleared', { clear: [NEW, SECRET] }],
      ['a broken text', { set: { [fixture.personal]: `${NEW}\ud800`, password: `${SECRET}\ud800` } }],
    ])('leaks nothing when it refuses %s', async (_name, args) => {
      const { is, raw } = await update(args);
      expect(is).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
      for (const text of textsIn(raw)) expect(findEncoded(text, SECRET)).toBeUndefined();
    });

    if (fixture.secret !== undefined)
      it('scrubs a secret that the reason repeats', async () => {
        const { is, raw } = await update({ set: newValues(), reason: `set ${SECRET}` });
        expect(is['outcome']).toBe('updated');
        for (const text of textsIn(raw)) expect(findEncoded(text, SECRET)).toBeUndefined();
      });

    it('leaks nothing when a change is undone', async () => {
      const { is } = await update({ set: newValues() });
      const undone = await callTool('undo_change', { change_id: is['change_id'] });
      expect(undone.is['outcome']).toBe('updated');
      expect(fixture.held(vendor().users.get(jane), fixture.personal)).toBe(around(OLD));
      expectModelSeesNothing(undone.raw);
      for (const text of textsIn(undone.raw)) expect(findEncoded(text, NEW), text).toBeUndefined();
    });

    it('leaks nothing when it is one change of many, nor when they fail or are undone', async () => {
      const many = (more: object = {}) =>
        callTool('update_users', { changes: [{ provider: id, user_id: jane, set: newValues() }], reason, ...more });
      const previewed = await many({ dry_run: true });
      expect(previewed.is['outcome']).toBe('preview');
      vendor().faults.push({ kind: 'echo', method: fixture.method });
      const failed = await many();
      expect(failed.is['outcome']).toBe('failed');
      const unfit = { provider: id, user_id: jane, set: { [fixture.personal]: [NEW], [SECRET]: SECRET } };
      const refused = await callTool('update_users', { changes: [unfit] });
      expect(refused.is).toMatchObject({ code: 'invalid_input' });
      const made = await many();
      expect(made.is['outcome']).toBe('updated');
      const undone = await callTool('undo_change', { batch_id: made.is['batch_id'] });
      expect(undone.is['outcome']).toBe('updated');
      expect(fixture.held(vendor().users.get(jane), fixture.personal)).toBe(around(OLD));
      for (const { raw } of [previewed, failed, made, undone]) expectModelSeesNothing(raw);
      for (const text of textsIn(undone.raw)) expect(findEncoded(text, NEW), text).toBeUndefined();
    });

    it('leaks nothing in a look-up, nor when the vendor echoes it', async () => {
      const query = id === 'dayzero' ? 'Jane Doe' : 'jane.doe@acme.example';
      const found = await callTool('find_user', { query, providers: [id] });
      expect(JSON.stringify(found.is)).toContain(jane);
      vendor().faults.push({ kind: 'echo', times: 10 });
      await callTool('find_user', { query, providers: [id] });
      expectModelSeesNothing(found.raw);
    });

    describe('quotes only the harmless part of a vendor’s text', () => {
      // All over stdio; a quarter in each era over HTTP, whose transport makes no difference here.
      const first = transport === 'stdio' ? undefined : era === '2026' ? 0 : 2;
      const encodings = ENCODINGS.filter((_, index) => first === undefined || index % 4 === first);
      const quoted = { credential: fixture.keys[0] ?? '', personal: OLD, unknown: STRANGE, 'newly given': around(NEW) };
      const marks = Object.entries({ ...quoted, ...(fixture.secret && { secret: SECRET }) });
      it.each(marks)('a %s value in any encoding', async (_kind, mark) => {
        for (const [name, encode] of encodings) {
          vendor().faults.push({
            kind: 'status',
            method: fixture.method,
            status: 400,
            body: fixture.error(`Value ${encode(mark)} is not valid`),
          });
          // The new personal value is not part of this call's changes in the result: only the secret and the open one.
          const { is } = await update({ set: newValues() });
          expect(is['outcome']).toBe('failed');
          const message = `${String(is['message'])} ${String(is['next'])}`;
          expect(findEncoded(message, mark), `${name}: ${message}`).toBeUndefined();
          vendor().faults.length = 0;
        }
      });
    });
  });

  describe('afterwards', () => {
    it('list_changes shows neither old nor new values', async () => {
      let cursor: unknown;
      let pages = 0;
      do {
        const page = expectResult(
          await converse(wire, era, 'list_changes', { limit: 100, ...(cursor !== undefined && { cursor }) }, () => NO),
        );
        cursor = page.is['next_cursor'];
        pages++;
        model.push(page.raw);
        for (const text of textsIn(page.raw)) {
          for (const mark of [NEW, ...SHAPED]) expect(findEncoded(text, mark), text).toBeUndefined();
        }
      } while (cursor !== undefined);
      expect(pages).toBeGreaterThan(transport === 'stdio' ? 3 : 1);
    });
  });

  describe('in the end', () => {
    const secrets = [SECRET, ...CREDENTIALS];
    /** The texts in which a mark occurs. */
    const leaksOf = (texts: readonly string[], marks: readonly string[]) => {
      const all = texts.join('\n');
      return marks
        .filter((mark) => findEncoded(all, mark))
        .flatMap((mark) => texts.filter((text) => findEncoded(text, mark)));
    };

    it('no result showed the model more than it knew', () => {
      expect(model.length).toBeGreaterThan(transport === 'stdio' ? 300 : 200);
      expect(leaksOf(model.flatMap(textsIn), [...secrets, ...SHAPED, OLD, STRANGE, FOREIGN])).toEqual([]);
    });

    it('no question showed a secret or an unrelated value', () => {
      const texts = [...asked.flatMap(textsIn), ...asked.flatMap(statesIn)];
      for (const shown of [JSON.stringify(OLD), ...SHAPED])
        expect(texts.some((text) => text.includes(shown))).toBe(true);
      expect(leaksOf(texts, [...secrets, STRANGE, FOREIGN])).toEqual([]);
    });

    it('no protocol line holds a secret', () => {
      expect(leaksOf(wire.lines, [...secrets, STRANGE, FOREIGN])).toEqual([]);
    });

    it('metrics, health and sign-in page hold nothing', async () => {
      const marks = [...secrets, ...SHAPED, OLD, NEW, STRANGE, FOREIGN, 'Jane', 'jane.doe', ...Object.values(TOKENS)];
      expect(leaksOf(await wire.otherPages(), marks)).toEqual([]);
    });

    it('the log holds nothing', () => {
      expect(wire.log()).toContain('"level"');
      expect(
        leaksOf(
          [wire.log()],
          [...secrets, ...SHAPED, OLD, NEW, STRANGE, FOREIGN, 'Jane', 'jane.doe', ...Object.values(TOKENS)],
        ),
      ).toEqual([]);
    });

    it('the store holds nothing', () => {
      const texts = storeTexts(server.storePath);
      expect(texts[1]?.length).toBeGreaterThan(10_000);
      expect(
        leaksOf(texts, [...secrets, ...SHAPED, OLD, NEW, STRANGE, FOREIGN, 'jane.doe', ...Object.values(TOKENS)]),
      ).toEqual([]);
    }, 120_000);
  });
});

function expectModelSeesNothing(raw: unknown): void {
  for (const text of textsIn(raw)) {
    for (const mark of [SECRET, OLD, STRANGE, FOREIGN]) expect(findEncoded(text, mark), text).toBeUndefined();
  }
}

/** The decoded parts of a request state. */
function statesIn(raw: unknown): string[] {
  const state = (raw as { result?: { requestState?: string } }).result?.requestState ?? '';
  return state.split('.').map((part) => Buffer.from(part, 'base64url').toString());
}
