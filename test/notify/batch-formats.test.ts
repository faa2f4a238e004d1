import { describe, expect, it } from 'vitest';
import type { NoticeFormat, NoticeType } from '../../src/notify/events.ts';
import { toBody } from '../../src/notify/formats.ts';
import { noticeType, toNotice } from '../../src/notify/notice.ts';
import { noticeText, shownApprover } from '../../src/notify/text.ts';
import { providers } from '../../src/providers/index.ts';
import type { Entry } from '../../src/store/log/entry.ts';

/** What notices say about a batch as a whole. */

function entryOf({ body, ...columns }: Partial<Omit<Entry, 'body'>> & { body?: Partial<Entry['body']> } = {}): Entry {
  return {
    seq: 1,
    changeId: 'b1',
    kind: 'batch',
    at: '2026-01-02T03:04:05.000Z',
    outcome: 'finished',
    owner: 'o',
    provider: 'atlassian,awork',
    connection: 'atlassian,awork',
    userId: '',
    prev: '0',
    hash: 'ab12',
    ...columns,
    body: {
      tool: 'update_users',
      caller: 'nightly-sync',
      batchId: 'b1',
      reason: 'said in private',
      people: 38,
      counts: { updated: 36, failed: 2 },
      fields: [],
      ...body,
    },
  };
}

const context = {
  provider: (id: string) => providers.find((one) => one.id === id),
  link: (what: string, id: string) => `https://users.example.com/${what}/${id}`,
};
const noticeOf = (entry: Entry) => toNotice(entry, noticeType(entry) as NoticeType, context);

function bodyOf(format: NoticeFormat, entry: Entry): string {
  const approver = shownApprover(entry.body.approver);
  const text = () =>
    noticeText(noticeOf(entry), { title: 'Atlassian, awork', ...(approver !== undefined && { approver }) });
  return toBody(format, noticeOf(entry), text);
}

/** The lines that people read. */
const linesOf = (entry: Entry) =>
  (JSON.parse(bodyOf('slack', entry)) as { blocks: { text: { text: string } }[] }).blocks[0]?.text.text.split('\n');

it('has the members of every notice, and the counts', () => {
  expect(noticeOf(entryOf({ body: { approvalId: 'a1' } }))).toEqual({
    id: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
    type: 'batch.finished',
    at: '2026-01-02T03:04:05.000Z',
    data: {
      approval_id: 'a1',
      batch_id: 'b1',
      provider: 'atlassian,awork',
      connection: 'atlassian,awork',
      user_id: '',
      fields: [],
      outcome: 'partly_updated',
      caller: 'nightly-sync',
      people: 38,
      counts: { updated: 36, failed: 2 },
      url: context.link('batch', 'b1'),
    },
  });
});

it('tells of the end of a batch, and not of its beginning', () => {
  expect(noticeType({ kind: 'batch', outcome: 'finished' })).toBe('batch.finished');
  expect(noticeType({ kind: 'batch', outcome: 'opened' })).toBeUndefined();
});

it('says how many people where, how it ended, who asked, and no reason', () => {
  expect(linesOf(entryOf())).toEqual([
    'A batch finished (Atlassian, awork)',
    'User records: 38 at Atlassian, awork',
    'Outcomes: 36 updated, 2 failed',
    'Asked by: nightly-sync',
    'Batch: b1',
    '"changes list --batch" shows which were not changed, and why. "undo" takes the others back.',
  ]);
  for (const format of ['json', 'slack', 'teams'] as const)
    expect(bodyOf(format, entryOf())).not.toContain('said in private');
});

it.each([
  [{ updated: 2, unchanged: 1 }, /^Nothing to do\./],
  [{ updated: 2, unverified: 1 }, /^Compare the user records/],
  [{ conflict: 1 }, /^Compare the user records/],
  [{ refused: 3 }, /^Nothing was changed\./],
])('says what to do after %j', (counts, next) => {
  expect(linesOf(entryOf({ body: { counts } }))?.at(-1)).toMatch(next);
});

it('says of a resumed batch that its end may have been told of before', () => {
  const entry = entryOf({ body: { resumed: true } });
  expect(linesOf(entry)?.[0]).toMatch(/resumed; its end may have been told of before/);
  expect(noticeOf(entry).data.resumed).toBe(true);
});

it('says of an interrupted batch that it can be resumed', () => {
  const entry = entryOf({ body: { interrupted: true } });
  expect(linesOf(entry)?.[0]).toMatch(/^A batch was interrupted; it can be resumed/);
  expect(noticeOf(entry).data.interrupted).toBe(true);
});

it('tells of the approval of a batch as of one request', () => {
  const about = (outcome: string, approver?: string) =>
    entryOf({ kind: 'approval', changeId: 'a1', outcome, body: { approvalId: 'a1', ...(approver && { approver }) } });
  expect(linesOf(about('requested'))).toEqual([
    'A batch waits for approval (Atlassian, awork)',
    'User records: 38 at Atlassian, awork',
    'Asked by: nightly-sync',
    'Approval: a1',
    'Batch: b1',
    'An approver decides on the approval page, or in a terminal with "approve".',
  ]);
  expect(noticeOf(about('requested')).data).toMatchObject({ approval_id: 'a1', batch_id: 'b1', people: 38 });
  expect(noticeOf(about('requested')).data).not.toHaveProperty('counts');
  const titles = ['approved', 'declined', 'taken_back', 'expired'].map(
    (outcome) => linesOf(about(outcome, 'bob'))?.[0],
  );
  for (const title of titles) expect(title).toMatch(/batch/);
  expect(new Set(titles).size).toBe(4);
  expect(linesOf(about('declined', 'bob'))).toContain('Decided by: bob');
});

describe('foreign text', () => {
  const hostile =
    '<!channel> <https://evil.example|pay> @here *bold* [x](https://evil.example) <at>all</at>\u202e\nline';
  const counts = { updated: '<!here>', failed: -1, denied: 1e300, [hostile]: 3, refused: 1 } as never;
  const entry = entryOf({
    provider: hostile,
    connection: hostile,
    changeId: hostile,
    body: { caller: hostile, people: hostile as never, counts, batchId: hostile, approvalId: hostile },
  });

  it('draws nothing in Slack, and adds no line', () => {
    const message = JSON.parse(bodyOf('slack', entry)) as { text: string; blocks: { text: { text: string } }[] };
    expect(message.text).toBe('A batch finished (Atlassian, awork)');
    expect(message.blocks[0]?.text.text).not.toMatch(/[<>\u202e]/);
    expect(linesOf(entry)).toHaveLength(7);
    expect(linesOf(entry)?.slice(1, 3)).toEqual(['User records: 0 at Atlassian, awork', 'Outcomes: 1 refused']);
  });

  it('stands in text runs in Teams', () => {
    const { attachments } = JSON.parse(bodyOf('teams', entry)) as {
      attachments: { content: { body: { inlines: { type: string; text: string }[] }[] } }[];
    };
    const runs = attachments[0]?.content.body.flatMap(({ inlines }) => inlines) ?? [];
    expect(runs.every(({ type }) => type === 'TextRun')).toBe(true);
    expect(runs.map(({ text }) => text).join('')).not.toMatch(/[\n\u202e]/);
  });
});
