import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { registerApprover, type SignedInApprover, signInAt } from '../../support/approvals/signed-in-approver.ts';
import { expectResult, type RawMcpClient } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { connectRaw, TRANSPORTS, withTokens } from '../../support/program/transports.ts';
import { isTaken, NASTY, UNSEEN } from '../../support/text/hostile-texts.ts';
import { tagsOf, wordsOf } from '../../support/text/html.ts';

/** The same texts on the approval page: none of them becomes markup, a line of its own, or anything unseen. */

const MARKUP: readonly (readonly [name: string, text: string])[] = [
  ['a script', '</code></dd></dl><script>alert(1)</script>'],
  ['an end of an attribute', '" autofocus onfocus="alert(1)" x="'],
  ['an end of an attribute in single quotes', "' onmouseover='alert(1)"],
  [
    'a form of its own',
    '</form><form action="https://evil.example" method="post"><button>Approve this change</button>',
  ],
  ['a base', '<base href="https://evil.example/">'],
  ['a comment', '<!-- ]]> --!> <![CDATA['],
  ['entities', '&lt;b&gt; &#60;b&#62; &amp;quot; &NewLine; &#10;&#0;'],
  ['an end of the style', '</style><style>*{display:none}</style>'],
  ['an end of the title', '</title><meta http-equiv="refresh" content="0;url=https://evil.example">'],
  ['a link', 'javascript:alert(1)'],
];
const jane = idOf('dayzero', 'jane');
describe.each(TRANSPORTS)('over %s', (transport) => {
  let server: StdioServer;
  let wire: RawMcpClient;
  let approver: SignedInApprover | undefined;
  let shows = 0;
  beforeAll(async () => {
    server = await startStdioServer({
      config: withTokens({ policy: { rules: [{ field: '*', decision: 'approve' }] } }),
    });
    await registerApprover(server.env);
    wire = await connectRaw(transport, server.env, { asks: false });
  });
  afterAll(async () => {
    await wire.close();
    await server.stop();
  });

  /** The page of a change with this text in every value, and the list of requests. Declines it in the end. */
  async function show(text: string) {
    const { users } = server.sandbox.vendors.dayzero;
    const record = structuredClone(users.get(jane)) as JsonRecord;
    // A user of its own, so that no budget of guesses is used up.
    const user_id = `${jane.slice(0, -6)}${String(++shows).padStart(6, '0')}`;
    users.set(user_id, record);
    Object.assign(record, { id: user_id, last_name: text, email: text, props: { theme: text } });
    const props = {
      theme: 'light',
      [`${isTaken(text, 'name') ? text : 'key'}.`]: true,
      value: isTaken(text) ? text : 'value',
    };
    const set = { first_name: 'Janet', props, onboarded: false };
    const reason = isTaken(text) && text.length <= 500 ? text : 'because';
    const client = { client: text };
    const { is } = expectResult(await wire.call('dayzero_update_user', { user_id, set, reason }, client));
    expect(is['outcome']).toBe('needs_approval');
    const { url } = is['approval'] as { url: string };
    approver ??= await signInAt(new URL(url).origin);
    const shown = { page: await approver.open(url), list: await approver.list() };
    expect((await approver.press(url, 'decline')).status).toBe(303);
    return shown;
  }

  it('no text is ever more than a value', async () => {
    const fitting = [...NASTY, ...MARKUP].filter(([, text]) => text.isWellFormed() && text.length <= 150_000);
    const harmless = await show('harmless');
    // The title, the heading, the address, the old and the new value, the key, the label to type, the client, the reason.
    expect(wordsOf(harmless.page).split('harmless').length).toBeGreaterThanOrEqual(9);
    for (const [kind, text] of fitting) {
      const { page, list } = await show(text);
      expect(tagsOf(page), kind).toEqual(tagsOf(harmless.page));
      expect(tagsOf(list), kind).toEqual(tagsOf(harmless.list));
      for (const words of [wordsOf(page), wordsOf(list)]) {
        expect(words.replaceAll('\n', ' '), kind).not.toMatch(UNSEEN);
        expect(words.split('\n').length, kind).toBeLessThanOrEqual(wordsOf(harmless.page).split('\n').length);
      }
    }
  }, 240_000);
});
