import { bounds } from '../../bounds.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import type { Answer, Caller, ChangeRequest, Connection, Plan } from '../types.ts';
import { isTyped } from './typed-name.ts';

/**
 * What a yes or a no is bound to: the change and who asks for it, whatever reason is given. A keyed hash, since the token
 * that carries it is readable by the client and a short secret could be guessed.
 */
export function digestOf(
  hmac: (purpose: string, text: string) => string,
  connection: Connection,
  request: ChangeRequest,
  plan: Plan,
  caller: Caller,
): string {
  const bound = {
    tool: request.tool,
    provider: connection.provider.id,
    connection: connection.name,
    user: plan.userId,
    label: plan.label,
    version: plan.version,
    leaves: boundLeaves(plan),
    warnings: plan.warnings,
    undoes: request.undo?.changeId,
    contested: plan.contested,
    principal: caller.principal,
    client: caller.clientName,
  };
  return hmac('digest', canonicalJson(bound));
}

/** Every leaf with its values; an absent one is not the same as null. */
export function boundLeaves({ leaves }: Plan) {
  return leaves.map(({ path, place, before, after, asked }) => ({
    path,
    place,
    asked,
    before: before === undefined ? [] : [before],
    after: after === undefined ? [] : [after],
  }));
}

/** An answer faster than this was given by a program: nobody can read a question in half a second. */
const FASTEST_READER_MS = 500;

export type Reply =
  | { kind: 'yes'; overwrite: boolean }
  /** An answer that means no, in words for the record, and its code. */
  | { kind: 'no'; code: 'declined' | 'cancelled'; how: string }
  /** The client answered, but no person did, as far as can be told. `how` goes into the middle of a sentence. */
  | { kind: 'nobody'; how: string }
  /** `why` is a line for the person, when this is not the first time of asking. */
  | { kind: 'ask'; why?: string; wrongNames: number };

export interface Expected {
  digest: string;
  /** The name that has to be typed. */
  typed: string | undefined;
  /** Milliseconds since the epoch. */
  now: number;
  /** A yes that came faster than this is no answer. */
  minAnswerMs: number;
  /** Who was asked, for a sentence: a program may answer for a client, at a terminal a person does. */
  asked: 'client' | 'terminal';
  /** Tokens minted before this do not count; milliseconds since the epoch. */
  notBefore: number;
}

/**
 * What the client's answer means for this very change. Without a token of ours there is no answer, whatever else came
 * along: a first call that already carries answers is asked all the same. Says what is known of the client, never that a
 * person spoke.
 */
export function readReply(answer: Answer | undefined, expected: Expected): Reply {
  if (answer === undefined) return { kind: 'ask', wrongNames: 0 };
  const { token, action, choice, afterMs } = answer;
  const after = `after ${durationText(afterMs)}`;
  if (action !== 'accept') {
    const did = action === 'decline' ? 'declined' : 'closed';
    const isProgram = expected.asked === 'client' && afterMs < FASTEST_READER_MS;
    if (isProgram) return { kind: 'nobody', how: `the client ${did} the question by itself ${after}` };
    const code = action === 'decline' ? 'declined' : 'cancelled';
    return {
      kind: 'no',
      code,
      how: `${expected.asked === 'client' ? 'The client' : 'The person at the terminal'} ${did} the question ${after}.`,
    };
  }
  if (choice === 'no') return { kind: 'no', code: 'declined', how: `The answer, ${after}, was to change nothing.` };
  if (choice === undefined) return { kind: 'nobody', how: `the client sent the form back ${after} without a choice` };
  if (token.expiresAt <= expected.now || token.mintedAt < expected.notBefore) {
    return { kind: 'ask', why: 'Asked again: the earlier answer came too late.', wrongNames: 0 };
  }
  if (token.digest !== expected.digest) {
    const why = 'Asked again: the record or the request is not what was answered before.';
    return { kind: 'ask', why, wrongNames: 0 };
  }
  if (afterMs < expected.minAnswerMs)
    return { kind: 'nobody', how: `the client said yes ${after}, too fast for a reader` };
  if (expected.typed === undefined || isTyped(answer.typed, expected.typed)) {
    return { kind: 'yes', overwrite: answer.overwrite === true };
  }
  const wrongNames = token.wrongNames + 1;
  if (wrongNames >= bounds.typedNames) {
    return { kind: 'no', code: 'declined', how: `A wrong name was typed ${wrongNames} times.` };
  }
  const why = `The name that was typed is not the one asked for (${wrongNames} of ${bounds.typedNames}). Please type it again.`;
  return { kind: 'ask', why, wrongNames };
}

/** `0.02 s`, `4.2 s`. */
function durationText(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 100 ? 3 : 1)} s`;
}
