import { describe, expect, it } from 'vitest';
import { type Expectation, readAnswer } from '../../../src/update/confirm/answer.ts';
import { answerText, reasonText } from '../../../src/update/results/approver-messages.ts';
import type { Answer } from '../../../src/update/types.ts';

/** What a client's answer means, by what it says and by how long it took. */

const NOW = 1_800_000_000_000;
const expected: Expectation = {
  digest: 'd',
  typed: undefined,
  now: NOW,
  minAnswerMs: 0,
  asked: 'client',
  notBefore: 0,
};
const token = { id: 't', digest: 'd', mintedAt: NOW - 5000, expiresAt: NOW + 5000, wrongNames: 0 };
const answer = (patch: Partial<Answer> = {}): Answer => ({
  token,
  action: 'accept',
  choice: 'yes',
  afterMs: 5000,
  ...patch,
});

describe('an answer', () => {
  it.each<[string, Partial<Answer>, Partial<Expectation>, string]>([
    ['of yes', {}, {}, 'yes'],
    ['of no', { choice: 'no' }, {}, 'no'],
    ['of no, at once: it was chosen', { choice: 'no', afterMs: 1 }, {}, 'no'],
    ['without a choice', { choice: undefined as never }, {}, 'no_person'],
    ['that declines at 499 ms', { action: 'decline', afterMs: 499 }, {}, 'no_person'],
    ['that declines at 500 ms', { action: 'decline', afterMs: 500 }, {}, 'no'],
    ['that cancels at 499 ms', { action: 'cancel', afterMs: 499 }, {}, 'no_person'],
    ['that cancels at 500 ms', { action: 'cancel', afterMs: 500 }, {}, 'no'],
    ['that closes the question at a terminal at once', { action: 'cancel', afterMs: 1 }, { asked: 'terminal' }, 'no'],
    ['of yes before a reader could', { afterMs: 1999 }, { minAnswerMs: 2000 }, 'no_person'],
    ['of yes as fast as a reader', { afterMs: 2000 }, { minAnswerMs: 2000 }, 'yes'],
    ['to another change', {}, { digest: 'e' }, 'ask'],
    ['that came too late', {}, { now: token.expiresAt }, 'ask'],
    ['to a question of before this process, where used answers are forgotten', {}, { notBefore: NOW - 4999 }, 'ask'],
    ['with the name', { typed: 'jane doe' }, { typed: 'Jane Doe' }, 'yes'],
    ['with a wrong name', { typed: 'John' }, { typed: 'Jane Doe' }, 'ask'],
    ['with the third wrong name', { typed: 'John', token: { ...token, wrongNames: 2 } }, { typed: 'Jane' }, 'no'],
  ])('%s', (_name, patch, more, kind) => {
    expect(readAnswer(answer(patch), { ...expected, ...more }).kind).toBe(kind);
  });

  it('is none without a token of ours', () => {
    expect(readAnswer(undefined, expected)).toEqual({ kind: 'ask', askedAgain: undefined, wrongNames: 0 });
  });

  it('is told as the client’s, never as a person’s', () => {
    const declined = readAnswer(answer({ action: 'decline', afterMs: 4200 }), expected);
    if (declined.kind !== 'no') throw new Error('not a no');
    expect(answerText(declined.refusal)).toBe('The client declined the question after 4.2 s.');
    const closed = readAnswer(answer({ action: 'cancel', afterMs: 12 }), expected);
    if (closed.kind !== 'no_person') throw new Error('not by a program');
    expect(reasonText({ kind: 'no_answer', onlyOverwrites: false, cause: closed })).toBe(
      'needs a person’s yes, and the client closed the question by itself after 0.012 s',
    );
  });
});
