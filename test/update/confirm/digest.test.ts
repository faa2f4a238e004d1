import { describe, expect, it } from 'vitest';
import { type Expected, readReply } from '../../../src/update/confirm/digest.ts';
import type { Answer } from '../../../src/update/types.ts';

/** What a client's answer means, by what it says and by how long it took. */

const NOW = 1_800_000_000_000;
const expected: Expected = { digest: 'd', typed: undefined, now: NOW, minAnswerMs: 0, asked: 'client', notBefore: 0 };
const token = { id: 't', digest: 'd', mintedAt: NOW - 5000, expiresAt: NOW + 5000, wrongNames: 0 };
const answer = (patch: Partial<Answer> = {}): Answer => ({
  token,
  action: 'accept',
  choice: 'yes',
  afterMs: 5000,
  ...patch,
});

describe('an answer', () => {
  it.each<[string, Partial<Answer>, Partial<Expected>, string]>([
    ['of yes', {}, {}, 'yes'],
    ['of no', { choice: 'no' }, {}, 'no'],
    ['of no, at once: it was chosen', { choice: 'no', afterMs: 1 }, {}, 'no'],
    ['without a choice', { choice: undefined as never }, {}, 'nobody'],
    ['that declines at 499 ms', { action: 'decline', afterMs: 499 }, {}, 'nobody'],
    ['that declines at 500 ms', { action: 'decline', afterMs: 500 }, {}, 'no'],
    ['that cancels at 499 ms', { action: 'cancel', afterMs: 499 }, {}, 'nobody'],
    ['that cancels at 500 ms', { action: 'cancel', afterMs: 500 }, {}, 'no'],
    ['that closes the question at a terminal at once', { action: 'cancel', afterMs: 1 }, { asked: 'terminal' }, 'no'],
    ['of yes before a reader could', { afterMs: 1999 }, { minAnswerMs: 2000 }, 'nobody'],
    ['of yes as fast as a reader', { afterMs: 2000 }, { minAnswerMs: 2000 }, 'yes'],
    ['to another change', {}, { digest: 'e' }, 'ask'],
    ['that came too late', {}, { now: token.expiresAt }, 'ask'],
    ['to a question of before this process, where used answers are forgotten', {}, { notBefore: NOW - 4999 }, 'ask'],
    ['with the name', { typed: 'jane doe' }, { typed: 'Jane Doe' }, 'yes'],
    ['with a wrong name', { typed: 'John' }, { typed: 'Jane Doe' }, 'ask'],
    ['with the third wrong name', { typed: 'John', token: { ...token, wrongNames: 2 } }, { typed: 'Jane' }, 'no'],
  ])('%s', (_name, patch, more, kind) => {
    expect(readReply(answer(patch), { ...expected, ...more }).kind).toBe(kind);
  });

  it('is none without a token of ours', () => {
    expect(readReply(undefined, expected)).toEqual({ kind: 'ask', wrongNames: 0 });
  });

  it('is told as the client’s, never as a person’s', () => {
    const declined = readReply(answer({ action: 'decline', afterMs: 4200 }), expected);
    expect(declined).toEqual({ kind: 'no', code: 'declined', how: 'The client declined the question after 4.2 s.' });
    const closed = readReply(answer({ action: 'cancel', afterMs: 12 }), expected);
    expect(closed).toEqual({ kind: 'nobody', how: 'the client closed the question by itself after 0.012 s' });
  });
});
