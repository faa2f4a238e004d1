import type { AppError } from '../../errors.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { asGiven } from '../../lib/text/printable.ts';
import { newChangeId } from '../../lib/uuid7.ts';
import type { Nonce } from '../../store/store.ts';
import { type Call, createContext, type UpdateContext } from '../context.ts';
import type { Ports } from '../ports.ts';
import { failureWords, makeResult, strippedFacts, type Words } from '../results/result.ts';
import type { Caller, ChangeRequest, Connection, Plan, Result, Verdict } from '../types.ts';
import { entryBody, newEntry } from './entry.ts';

/** Ends a call that wrote nothing: on record first, then in words. `note` is for the record. A preview leaves none. */
export async function ended(
  context: UpdateContext,
  words: Words,
  plan?: Plan,
  verdict?: Verdict,
  note?: string,
): Promise<Result> {
  const { call, ports } = context;
  const more = verdict ? strippedFacts(verdict) : {};
  // A preview changes nothing; that one was refused for guessing has to be found.
  if (call.request.dryRun && words.code !== 'guess_limit') return makeResult(call, ports.redaction, words, plan, more);
  const changeId = newChangeId();
  const body = {
    ...entryBody(context, plan, verdict),
    ...(words.code && { code: words.code }),
    ...(note !== undefined && { message: note }),
  };
  try {
    await ports.store.attempt(newEntry(call, changeId, words.outcome, body), spentBy(words, call));
  } catch (error) {
    ports.log.error({ change: changeId, problem: String(error) }, 'an attempt could not be recorded');
    return makeResult(call, ports.redaction, words, plan, more);
  }
  return makeResult(call, ports.redaction, words, plan, { ...more, change_id: changeId });
}

/** A refusal uses its ticket up: a no stays a no, and a name cannot be guessed at with the same question. */
function spentBy({ outcome }: Words, { answer }: Call): Nonce | undefined {
  return outcome === 'refused' && answer ? { id: answer.token.id, expiresAt: answer.token.expiresAt } : undefined;
}

/** Nobody waits for the call any more: the client gave up, or took it back. With a plan, a question was open. */
export async function abandoned(context: UpdateContext, plan?: Plan, verdict?: Verdict): Promise<Result> {
  const when = plan ? 'before the question was answered' : 'before anything was sent';
  const words: Words = {
    outcome: 'failed',
    code: plan ? 'confirmation_unavailable' : 'internal',
    message: `The caller stopped waiting ${when}. Nothing was changed.`,
    next: 'Call again, and wait longer.',
  };
  return await ended(context, words, plan, verdict, `the caller stopped waiting ${when}`);
}

/** Arguments that could not be parsed. Nothing but who was meant is looked at again: another value may be a secret. */
export async function failUnparsed(
  target: { tool: string; connection: Connection; caller: Caller; args: unknown },
  error: AppError,
  ports: Ports,
): Promise<Result> {
  const { tool, connection, caller, args } = target;
  const id = isObject(args) ? args['user_id'] : undefined;
  const known = connection.provider.userId.safeParse(id);
  const request: ChangeRequest = {
    tool,
    userId: known.success ? known.data : asGiven(id),
    set: new Map(),
    clear: [],
    askFor: [],
    dryRun: isObject(args) && args['dry_run'] === true,
  };
  const call = { connection, request, caller, canAsk: false };
  return await ended(createContext(call, ports), failureWords(call, error, []));
}
