import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { registerApprover, type SignedInApprover, signInAt } from '../../support/approvals/signed-in-approver.ts';
import { expectResult, type RawMcpClient } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { connectRaw, TOKENS, TRANSPORTS, withTokens } from '../../support/program/transports.ts';
import { storeTexts } from '../../support/store/files.ts';
import { findEncoded, textsIn } from '../../support/text/encodings.ts';
import { wordsOf } from '../../support/text/html.ts';
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

/** Marks every value, then searches every page that an approver sees. The client cannot elicit. */

const TYPED = `Typed+0n.the/page-"<é&'9A`;

describe.each(TRANSPORTS)('over %s', (transport) => {
  let server: StdioServer;
  let wire: RawMcpClient;
  let approver: SignedInApprover | undefined;
  const pages: string[] = [];
  const model: unknown[] = [];
  beforeAll(async () => {
    const rules = [{ field: '*', decision: 'approve' }];
    server = await startStdioServer({
      config: withTokens({ ...ALL_PRESETS, policy: { allowSecretInput: true, rules } }),
    });
    await registerApprover(server.env);
    wire = await connectRaw(transport, server.env, { asks: false });
  });
  afterAll(async () => {
    await wire.close();
    await server.stop();
  });

  async function call(tool: string, args: object) {
    const result = expectResult(await wire.call(tool, args));
    model.push(result.raw);
    return result.is;
  }
  /** Requests a change and opens its page. Without a session the page shows nothing. */
  async function requestApproval(tool: string, args: object) {
    const is = await call(tool, args);
    expect(is['outcome']).toBe('needs_approval');
    const { url } = is['approval'] as { url: string };
    const stranger = await fetch(url, { redirect: 'follow' });
    pages.push(await stranger.text());
    expect(wordsOf(pages.at(-1) ?? '')).not.toContain('Jane');
    approver ??= await signInAt(new URL(url).origin);
    return { url, approver };
  }
  const look = async (approver: SignedInApprover, url: string) => {
    const page = await approver.open(url);
    pages.push(page, await approver.list());
    return wordsOf(page);
  };

  // The transport makes no difference to what a preset adds.
  describe.each([...FIXTURES, ...(transport === 'stdio' ? PRESET_FIXTURES : [])])('%s', (id, fixture) => {
    const tool = `${id}_update_user`;
    const jane = idOf(id, 'jane');
    const around = fixture.around ?? ((mark: string) => mark);
    const vendor = () => server.sandbox.vendors[id];
    beforeEach(() => {
      vendor().reset();
      const record = vendor().users.get(jane);
      if (!record) throw new Error('no such user');
      fixture.put(record, fixture.personal, around(OLD));
      fixture.put(record, fixture.other, OLD);
      record['x_strange'] = STRANGE;
      record['x_strange_object'] = { [STRANGE]: STRANGE, list: [STRANGE, { deep: STRANGE }] };
    });
    const wanted = (title: string) => ({
      user_id: jane,
      set: { [fixture.personal]: around(NEW), ...(fixture.secret && { [fixture.secret]: SECRET }) },
      reason: `${title} for ${SHAPED.join(', ')}${fixture.secret ? ` with ${SECRET}` : ''}`,
    });

    it('shows an approver what changes, and no other value of the record', async () => {
      const { url, approver } = await requestApproval(tool, wanted('approved'));
      const before = await look(approver, url);
      expect(before).toContain(JSON.stringify(around(OLD)));
      expect(before).toContain(JSON.stringify(around(NEW)));
      for (const mark of SHAPED) expect(before).toContain(mark);
      const typed = /Type "(.*?)" to confirm/.exec(before)?.[1];
      expect((await approver.press(url, 'approve', typed === undefined ? {} : { typed })).status).toBe(303);
      await look(approver, url);
      expect(vendor().requests.filter(({ method }) => method === fixture.method)).toHaveLength(0);
      expect((await call(tool, wanted('approved')))['outcome']).toBe('updated');
      expect(await look(approver, url)).toContain('carried out');
      if (fixture.secret) expect(fixture.held(vendor().users.get(jane), fixture.secret)).toBe(SECRET);
    });

    it('shows nothing more when it is declined, or asked again after the record moved', async () => {
      const { url, approver } = await requestApproval(tool, wanted('declined'));
      const record = vendor().users.get(jane) ?? {};
      record['x_strange'] = FOREIGN;
      fixture.put(record, fixture.personal, around(`${OLD}2`));
      const again = await requestApproval(tool, wanted('declined'));
      await look(approver, url);
      expect(await look(approver, again.url)).toContain('Asked again');
      const pressed = await approver.press(again.url, 'decline', { reason: 'no, not now' });
      expect(pressed.status).toBe(303);
      await look(approver, again.url);
      expect((await call(tool, wanted('declined')))['outcome']).toBe('refused');
    });

    it.each(fixture.secret === undefined ? [] : [fixture.secret])(
      'shows nothing of the %s an approver types in',
      async (field) => {
        const args = { user_id: jane, ask_for: [field], reason: 'locked out' };
        const { url, approver } = await requestApproval(tool, args);
        const names = { [`new-${field}`]: TYPED, [`new-${field}-again`]: TYPED };
        const wrong = await approver.press(url, 'approve', { ...names, [`new-${field}`]: `${TYPED}x` });
        pages.push(wrong.body, JSON.stringify(wrong.headers));
        const right = await approver.press(url, 'approve', names);
        pages.push(right.body, JSON.stringify(right.headers));
        expect(right.status).toBe(303);
        await look(approver, url);
        expect((await call(tool, args))['outcome']).toBe('updated');
        expect(fixture.held(vendor().users.get(jane), field)).toBe(TYPED);
        await look(approver, url);
      },
    );
  });

  describe('in the end', () => {
    const secrets = [SECRET, TYPED, ...Object.values(TOKENS), ...CREDENTIALS];
    const leaksOf = (texts: readonly string[], marks: readonly string[]) =>
      texts.flatMap((text) => marks.filter((mark) => findEncoded(text, mark)).map((mark) => `${mark} in ${text}`));

    it('no page showed a secret or an unknown attribute', () => {
      expect(pages.length).toBeGreaterThan(60);
      expect(leaksOf([...pages, ...pages.map(wordsOf)], [...secrets, STRANGE, FOREIGN])).toEqual([]);
    });

    it('no result, line or log held more than it should', () => {
      expect(leaksOf(model.flatMap(textsIn), [...secrets, ...SHAPED, OLD, STRANGE, FOREIGN])).toEqual([]);
      expect(leaksOf(wire.lines, [...secrets, STRANGE, FOREIGN])).toEqual([]);
      expect(leaksOf([wire.log()], [...secrets, ...SHAPED, OLD, NEW, STRANGE, FOREIGN, 'jane.doe'])).toEqual([]);
    });

    it('the store holds nothing, sealed requests included', () => {
      const texts = storeTexts(server.storePath);
      expect(texts[1]?.length).toBeGreaterThan(10_000);
      const marks = [...secrets, ...SHAPED, OLD, NEW, STRANGE, FOREIGN, 'jane.doe'];
      expect(marks.filter((mark) => texts.some((text) => findEncoded(text, mark)))).toEqual([]);
    }, 120_000);
  });
});
