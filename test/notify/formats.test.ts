import { describe, expect, it } from 'vitest';
import type { NoticeType } from '../../src/notify/events.ts';
import { toBody } from '../../src/notify/formats.ts';
import { noticeType, toNotice } from '../../src/notify/notice.ts';
import { noticeText, shownApprover } from '../../src/notify/text.ts';
import { providers } from '../../src/providers/index.ts';
import type { Entry, RecordedField } from '../../src/store/log/entry.ts';

/** What notices say, and how foreign text comes out in each format. */

const field = (name: string): RecordedField => ({
  field: name,
  effect: 'ordinary',
  before: 'B' as never,
  after: 'A' as never,
});

function entryOf(more: Partial<Omit<Entry, 'body'>> & { body?: Partial<Entry['body']> } = {}): Entry {
  const { body, ...columns } = more;
  return {
    seq: 1,
    changeId: 'c1',
    kind: 'closed',
    at: '2026-01-02T03:04:05.000Z',
    outcome: 'updated',
    owner: 'o',
    provider: 'dayzero',
    connection: 'dayzero',
    userId: '7',
    prev: '0',
    hash: 'ab12',
    ...columns,
    body: { tool: 't', caller: 'nightly-sync', fields: [field('title')], ...body },
  };
}

const context = {
  provider: (id: string) => providers.find((one) => one.id === id),
  link: (what: string, id: string) => `https://users.example.com/${what}/${id}?a&b`,
};
const noticeOf = (entry: Entry) => toNotice(entry, noticeType(entry) as NoticeType, context);

function bodies(entry: Entry): { json: string; slack: string; teams: string } {
  const notice = noticeOf(entry);
  const approver = shownApprover(entry.body.approver);
  const text = () => noticeText(notice, { title: 'DayZero', ...(approver !== undefined && { approver }) });
  const of = (format: 'json' | 'slack' | 'teams') => toBody(format, notice, text);
  return { json: of('json'), slack: of('slack'), teams: of('teams') };
}

it('says what is known, and where it is shown', () => {
  expect(noticeOf(entryOf({ body: { approvalId: 'a1', batchId: 'b1' } }))).toEqual({
    id: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
    type: 'change.updated',
    at: '2026-01-02T03:04:05.000Z',
    data: {
      change_id: 'c1',
      approval_id: 'a1',
      batch_id: 'b1',
      provider: 'dayzero',
      connection: 'dayzero',
      user_id: '7',
      fields: ['title'],
      outcome: 'updated',
      caller: 'nightly-sync',
      url: context.link('change', 'c1'),
    },
  });
  const requested = noticeOf(entryOf({ kind: 'approval', changeId: 'a1', outcome: 'requested' }));
  expect(requested.data).toMatchObject({ approval_id: 'a1', url: context.link('approval', 'a1') });
  expect(requested.data).not.toHaveProperty('change_id');
  expect(requested.data).not.toHaveProperty('outcome');
});

it('has an event for what people are told of, and none for the rest', () => {
  const typeOf = (kind: Entry['kind'], outcome: string) => noticeType({ kind, outcome });
  expect(['requested', 'approved', 'declined', 'taken_back', 'expired'].map((one) => typeOf('approval', one))).toEqual([
    'approval.requested',
    'approval.decided',
    'approval.decided',
    'approval.decided',
    'approval.expired',
  ]);
  expect(typeOf('closed', 'unverified')).toBe('change.unverified');
  expect(typeOf('attempt', 'denied')).toBe('change.denied');
  const silent = ['needs_approval', 'looked_up', 'unchanged', 'constructor'].map((one) => typeOf('attempt', one));
  expect([typeOf('opened', 'unverified'), typeOf('batch', 'opened'), ...silent]).toEqual(Array(6).fill(undefined));
});

it('masks what may be personal: ids that are addresses, callers, keys that a tenant chose', () => {
  const { data } = noticeOf(
    entryOf({
      userId: 'jane.doe@acme.example',
      body: {
        caller: 'https://login.example.com#00u1234567890abcdef',
        fields: [field('props.shoe size 43'), field('props.theme'), field('title'), field('(12 more)'), field('a\\')],
      },
    }),
  );
  expect(data.user_id).toBe('j•••@acme.example');
  expect(data.caller).not.toContain('00u1234567890abcdef');
  expect(data.fields).toEqual(['props.*', 'title', '(other)']);
  expect(noticeOf(entryOf({ provider: 'unknown', body: { fields: [field('a.b')] } })).data.fields).toEqual(['a.*']);
});

it.each([
  ['"jane doe"@acme.example', '"•••@acme.example'],
  ['jane doe@acme.example', 'j•••@acme.example'],
  ['jane%40acme.example', 'j•••@acme.example'],
  ['jane%2540acme.example', 'j•••@acme.example'],
  ['jane@home@acme.example', 'j•••@acme.example'],
  ['JANE＠acme.example', 'J•••@acme.example'],
  ['@jane', '•••@jane'],
])('masks an id that may be an address, however it is written: %s', (userId, shown) => {
  expect(noticeOf(entryOf({ userId })).data.user_id).toBe(shown);
});

it.each([
  ['nightly-sync', 'nightly-sync'],
  ['https://login.example.com/realms/acme#alice', 'login.example.com#alice'],
  ['https://login.example.com#jane.doe@acme.example', 'login.example.com#j•••@acme.example'],
  ['https://login.example.com#3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0001', 'login.example.com#•••'],
  ['approver:ann@acme.example', 'approver:a•••@acme.example'],
])('says who asked, as far as it is not personal: %s', (caller, shown) => {
  expect(noticeOf(entryOf({ body: { caller } })).data.caller).toBe(shown);
});

it('says who makes a change that was approved: the agent that asked, or a server for an approver', () => {
  const approved = (caller: string) =>
    bodies(entryOf({ kind: 'approval', outcome: 'approved', changeId: 'a1', body: { caller, approver: 'bob' } })).slack;
  expect(approved('nightly-sync')).toContain('the agent has to call again');
  expect(approved('approver:ann')).toContain('a server makes the change');
  expect(approved('approver:ann')).not.toContain('agent');
});

it('has an id of its entry, from which the hash of the entry cannot be read', () => {
  expect(noticeOf(entryOf()).id).toBe(noticeOf(entryOf()).id);
  expect(noticeOf(entryOf()).id).not.toBe(noticeOf(entryOf({ hash: 'ab13' })).id);
  expect(noticeOf(entryOf()).id).not.toContain('ab12');
});

describe('foreign text', () => {
  const hostile =
    '<!channel> <https://evil.example|pay> @here *bold* [x](https://evil.example) <at>all</at>\u202e\nline';
  const entry = entryOf({
    kind: 'approval',
    outcome: 'declined',
    changeId: 'a1',
    userId: hostile,
    connection: hostile,
    body: { caller: hostile, approver: hostile },
  });

  it('draws nothing in Slack: no markup, no mention, no link but ours', () => {
    const { slack } = bodies(entry);
    const message = JSON.parse(slack) as { text: string; blocks: { text: { type: string; text: string } }[] };
    expect(message.text).toBe('An approver declined a change (DayZero)');
    expect(message).toMatchObject({ unfurl_links: false, unfurl_media: false });
    const [plain, link, ...more] = message.blocks.map(({ text }) => text);
    expect(more).toEqual([]);
    expect(plain).toMatchObject({ type: 'plain_text', emoji: false });
    expect(plain?.text).not.toMatch(/[<>\u202e]/);
    expect(plain?.text.split('\n')).toHaveLength(7);
    expect(link).toEqual({
      type: 'mrkdwn',
      text: '<https://users.example.com/approval/a1?a&amp;b|Open the approval site>',
      verbatim: true,
    });
  });

  it('draws nothing in Teams: it stands in text runs, which know no markup', () => {
    const { teams } = bodies(entry);
    const { attachments } = JSON.parse(teams) as {
      attachments: {
        content: { body: { type: string; inlines: { type: string; text: string }[] }[]; actions: object[] };
      }[];
    };
    const content = attachments[0]?.content;
    expect(content?.body.every(({ type }) => type === 'RichTextBlock')).toBe(true);
    const runs = content?.body.flatMap(({ inlines }) => inlines) ?? [];
    expect(runs.every(({ type }) => type === 'TextRun')).toBe(true);
    expect(runs.map(({ text }) => text).join('')).not.toMatch(/[\n\u202e]/);
    expect(teams).not.toContain('msteams');
    expect(content?.actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Open the approval site', url: 'https://users.example.com/approval/a1?a&b' },
    ]);
  });
});

it('stays small, however much an entry names', () => {
  const fields = Array.from({ length: 1000 }, (_, i) => field(`f${i}${'x'.repeat(100)}`));
  const long = 'é'.repeat(5000);
  const all = bodies(entryOf({ userId: long, connection: long, body: { fields, caller: long, approver: long } }));
  expect(Buffer.byteLength(all.slack)).toBeLessThan(20_000);
  expect(Buffer.byteLength(all.teams)).toBeLessThan(20_000);
  expect(Buffer.byteLength(all.json)).toBeLessThan(40_000);
});
