import { bounds } from '../../bounds.ts';
import type { NoPerson, Refusal } from '../results/outcome.ts';
import type { Answer } from '../types.ts';
import { isTyped } from './typed-name.ts';

/** An answer faster than this came from a program: no person reads a question in half a second. */
const FASTEST_READER_MS = 500;

/** What an answer means for the current plan. */
export type Finding =
  | { kind: 'yes'; overwrite: boolean }
  | { kind: 'no'; refusal: Refusal }
  | { kind: 'no_person'; answer: NoPerson }
  /** Ask, or ask again: `askedAgain` says why, for the person. */
  | { kind: 'ask'; askedAgain: string | undefined; wrongNames: number };

/** What a valid yes has to match. */
export interface Expectation {
  digest: string;
  /** The name that has to be typed. */
  typed: string | undefined;
  /** Ms since the epoch. */
  now: number;
  /** A yes that came faster than this does not count. */
  minAnswerMs: number;
  /** Where the question was shown: a program may answer for a client, but a person answers at a terminal. */
  asked: 'client' | 'terminal';
  /** Tokens minted before this do not count; ms since the epoch. */
  notBefore: number;
}

/**
 * Interprets the client's answer for this change. Without one of our tokens there is no answer: a first call that
 * already carries answers is still asked.
 */
export function readAnswer(answer: Answer | undefined, expected: Expectation): Finding {
  if (answer === undefined) return { kind: 'ask', askedAgain: undefined, wrongNames: 0 };
  const { token, action, choice, afterMs } = answer;
  if (action !== 'accept') {
    const did = action === 'decline' ? 'declined' : 'closed';
    const isProgram = expected.asked === 'client' && afterMs < FASTEST_READER_MS;
    if (isProgram) return { kind: 'no_person', answer: { kind: 'too_fast_no', did, afterMs } };
    return { kind: 'no', refusal: { kind: did, by: expected.asked, afterMs } };
  }
  if (choice === 'no') return { kind: 'no', refusal: { kind: 'chose_no', afterMs } };
  if (choice === undefined) return { kind: 'no_person', answer: { kind: 'no_choice', afterMs } };
  if (token.expiresAt <= expected.now || token.mintedAt < expected.notBefore) {
    return { kind: 'ask', askedAgain: 'Asked again: the earlier answer came too late.', wrongNames: 0 };
  }
  if (token.digest !== expected.digest) {
    const askedAgain = 'Asked again: the record or the request is not what was answered before.';
    return { kind: 'ask', askedAgain, wrongNames: 0 };
  }
  if (afterMs < expected.minAnswerMs) return { kind: 'no_person', answer: { kind: 'too_fast_yes', afterMs } };
  if (expected.typed === undefined || isTyped(answer.typed, expected.typed)) {
    return { kind: 'yes', overwrite: answer.overwrite === true };
  }
  const wrongNames = token.wrongNames + 1;
  if (wrongNames >= bounds.typedNames) return { kind: 'no', refusal: { kind: 'wrong_name', times: wrongNames } };
  const askedAgain = `What was typed is not what was asked for (${wrongNames} of ${bounds.typedNames}). Please type it again.`;
  return { kind: 'ask', askedAgain, wrongNames };
}
