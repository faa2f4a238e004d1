import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ownCommandLine } from '../../../src/cli/own-command.ts';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import {
  type AskedQuestion,
  answerWith,
  CHOICE,
  converse,
  expectAsked,
  expectResult,
} from '../../support/json-rpc/stdio.ts';
import { putsAt, stored } from '../../support/pipeline/pipeline.ts';
import {
  agree,
  ERAS,
  listed,
  type StdioProgram,
  startStdioProgram,
  useStdioProgram,
} from '../../support/program/stdio-program.ts';

/** What an answer means: the client's own, a person's no, a typed name. */

const TOOL = 'atlassian_update_user';
const jane = idOf('atlassian', 'jane');
const rename = { user_id: jane, set: { nickName: 'JJ' } };
const lock = { user_id: jane, set: { active: false } };

/** No sentence about what only a client did may speak of a person's no. */
const CLAIM = /person (?:asked )?(?:said|refused|declined|closed|answered)|refused_by_person/i;

const writes = ({ server }: StdioProgram) => putsAt(server.sandbox, 'atlassian');

/** A call whose question is answered after so many milliseconds. */
async function answered(program: StdioProgram, era: '2026' | '2025', answer: object, afterMs: number) {
  const { wire } = program;
  if (era === '2026') {
    const { state } = expectAsked(await wire.call(TOOL, rename));
    await sleep(afterMs);
    return expectResult(await wire.call(TOOL, rename, answerWith(answer, state)));
  }
  const id = wire.post(TOOL, rename);
  const question = await wire.nextRequest();
  await sleep(afterMs);
  wire.send({ jsonrpc: '2.0', id: question.id, result: answer });
  const { result } = await wire.answerTo(id);
  const content = (result?.['content'] ?? []) as { text: string }[];
  return { is: result?.['structuredContent'] as Record<string, unknown>, text: content.map(({ text }) => text).join() };
}

/** The newest entry of the audit log, whole. */
async function newestEntry({ server }: StdioProgram) {
  const store = await openSqliteStore(server.storePath, createProcessId());
  try {
    const [newest] = await store.list({ limit: 1 });
    return newest;
  } finally {
    await store.stop();
  }
}

describe.each(ERAS)('in the era of %s', (era) => {
  const shared = useStdioProgram(era);
  const sharedWithApprover = useStdioProgram(era, { approver: true });

  describe.each([
    ['decline', 'declined', 'declined'],
    ['cancel', 'closed', 'cancelled'],
  ] as const)('a %s', (action, did, code) => {
    it('at once means that no person was asked', async () => {
      const { program } = shared;
      const { is, text } = await answered(program, era, { action }, 0);
      expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
      expect(is['message']).toMatch(new RegExp(`the client ${did} the question by itself after 0\\.\\d+ s`));
      expect(is['next']).toContain(ownCommandLine('approver', 'add', 'NAME'));
      expect(text).not.toMatch(CLAIM);
      const entry = await newestEntry(program);
      expect(entry).toMatchObject({ outcome: 'failed', body: { code: 'confirmation_unavailable' } });
      expect(entry?.body.answeredAfterMs).toBeLessThan(500);
      expect(JSON.stringify(await listed(program, 1))).not.toMatch(CLAIM);
      expect(writes(program)).toHaveLength(0);
    });

    it('at once goes to an approver where one is registered', async () => {
      const { program } = sharedWithApprover;
      const { is, text } = await answered(program, era, { action }, 0);
      expect(is, text).toMatchObject({ outcome: 'needs_approval', approval: { id: expect.any(String) } });
      expect(text).not.toMatch(CLAIM);
      expect((await newestEntry(program))?.body.answeredAfterMs).toBeLessThan(500);
      expect(writes(program)).toHaveLength(0);
    });

    it.each([false, true])('that took a reader’s time is a refusal (an approver is there: %s)', async (approver) => {
      const { program } = approver ? sharedWithApprover : shared;
      const { is, text } = await answered(program, era, { action }, 600);
      expect(is).toMatchObject({ outcome: 'refused', code });
      expect(is['message']).toMatch(new RegExp(`^The client ${did} the question after \\d+\\.\\d s\\.`));
      expect(text).not.toMatch(CLAIM);
      const entry = await newestEntry(program);
      expect(entry).toMatchObject({ outcome: 'refused', body: { code } });
      expect(entry?.body.answeredAfterMs).toBeGreaterThanOrEqual(500);
      expect(JSON.stringify(await listed(program, 1))).not.toMatch(CLAIM);
      // Nothing is remembered in the client's case: a new call asks anew.
      expect((await program.call(TOOL, rename, agree)).is['outcome']).toBe('updated');
    });
  });

  it('with "confirmation.channel": "client" nothing goes to an approver', async () => {
    const program = await startStdioProgram(era, { config: { confirmation: { channel: 'client' } }, approver: true });
    const { is } = await answered(program, era, { action: 'decline' }, 0);
    expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
    expect(is).not.toHaveProperty('approval');
  });

  it('the first and harmless choice of every question is no, and none is preselected', async () => {
    const { program } = shared;
    await program.call(TOOL, lock);
    const { properties, required } = program.questions[0]?.form as {
      properties: Record<string, JsonRecord>;
      required: string[];
    };
    expect(properties['confirm']).toMatchObject({ type: 'string', enum: [CHOICE.no, CHOICE.yes] });
    expect(required).toEqual(['confirm', 'typed']);
    for (const property of Object.values(properties)) {
      expect(property).not.toHaveProperty('default');
      expect(property['type']).not.toBe('boolean');
    }
  });

  it('taking the first of every choice changes nothing', async () => {
    const { program } = shared;
    const first = ({ form }: AskedQuestion) => {
      const { properties } = form as { properties: Record<string, { enum?: string[]; type: string }> };
      const content = Object.entries(properties).map(([name, one]) => [name, one.enum?.[0] ?? 'Jane Doe'] as const);
      return { action: 'accept', content: Object.fromEntries(content) };
    };
    const { is } = await program.call(TOOL, lock, first);
    expect(is).toMatchObject({ outcome: 'refused', code: 'declined' });
    expect(writes(program)).toHaveLength(0);
  });

  it('a wrong name is asked for again, three times at most, and a later call asks anew', async () => {
    const { program } = shared;
    const wrong = () => ({ action: 'accept', content: { confirm: CHOICE.yes, typed: 'John Smith' } });
    const { is } = await program.call(TOOL, lock, wrong);
    expect(is).toMatchObject({ outcome: 'refused', code: 'declined' });
    expect(is['message']).toContain('A wrong name was typed 3 times.');
    expect(program.questions.map(({ message }) => /\((\d) of 3\)/.exec(message)?.[1])).toEqual([undefined, '1', '2']);
    expect(writes(program)).toHaveLength(0);
    expect((await program.call(TOOL, lock, agree)).is['outcome']).toBe('updated');
  });

  it('a slip is corrected by typing the name again', async () => {
    const { program } = shared;
    const slip = (question: AskedQuestion) =>
      program.questions.length === 1
        ? { action: 'accept', content: { confirm: CHOICE.yes, typed: 'Jane Deo' } }
        : agree(question);
    expect((await program.call(TOOL, lock, slip)).is['outcome']).toBe('updated');
    expect(program.questions).toHaveLength(2);
  });

  it.each([
    ['another case', 'Jane Doe', 'jane doe'],
    ['a straight apostrophe', 'Gina D’Angelo', "Gina D'Angelo"],
    ['a curly apostrophe', "Gina D'Angelo", 'Gina D’Angelo'],
    ['another hyphen', 'Anne\u2011Marie Roe', 'Anne-Marie Roe'],
    ['a blank too many', 'Jane Doe', ' Jane  Doe '],
    ['another blank', '田中\u3000美咲', '田中 美咲'],
    ['another composition', 'Zoe\u0308 Roe', 'Zo\u00eb Roe'],
    ['a joiner of its script', 'کیان\u200cپور', 'کیان\u200cپور'],
  ])('a name typed with %s is that name', async (_what, label, typed) => {
    const { program } = shared;
    const record = program.server.sandbox.vendors.atlassian.users.get(jane);
    Object.assign(record ?? {}, { displayName: label });
    const answer = () => ({ action: 'accept', content: { confirm: CHOICE.yes, typed } });
    const { is, text } = await program.call(TOOL, lock, answer);
    expect(is['outcome'], text).toBe('updated');
    expect(program.questions).toHaveLength(1);
    const { typed: box } = (program.questions[0]?.form as { properties: { typed: { title: string } } }).properties;
    expect(box.title.replace(/\p{Zs}/gu, ' ')).toContain(label.replace(/\p{Zs}/gu, ' '));
    expect(stored(program.server.sandbox, 'atlassian', jane)['active']).toBe(false);
  });

  it('a look-alike of the name is not that name', async () => {
    const { program } = shared;
    const answer = () => ({ action: 'accept', content: { confirm: CHOICE.yes, typed: 'J\u0430ne Doe' } });
    const reply = expectResult(await converse(program.wire, era, TOOL, lock, answer));
    expect(reply.is).toMatchObject({ outcome: 'refused' });
    expect(writes(program)).toHaveLength(0);
  });
});
