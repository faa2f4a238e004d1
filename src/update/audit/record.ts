import type { AppError } from '../../errors.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { asGiven } from '../../lib/text/printable.ts';
import { newChangeId } from '../../lib/uuid7.ts';
import type { Nonce } from '../../store/nonce.ts';
import { type Call, createContext, sensitiveIn, type UpdateContext } from '../context.ts';
import type { Ports } from '../ports.ts';
import { toMessage } from '../results/messages.ts';
import type { Message, Outcome } from '../results/outcome.ts';
import { toResult } from '../results/result.ts';
import type { Caller, ChangeRequest, Connection, Proposal, Result } from '../types.ts';
import { entryBody, newEntry } from './entry.ts';

/** Ends a call that wrote nothing: logs it if the audit log needs it, then returns the result. */
export async function endCall(context: UpdateContext, outcome: Outcome, proposal?: Proposal): Promise<Result> {
  const { call, ports } = context;
  const message = toMessage(outcome, { call, commandLine: ports.commandLine, sensitive: () => sensitiveIn(context) });
  const result = toResult(context, outcome, message, proposal);
  if (!isRecorded(outcome, call)) return result;
  const changeId = newChangeId();
  const body = {
    ...entryBody(context, proposal),
    ...(outcome.kind === 'needs_approval' && { approvalId: outcome.approval.id }),
    ...(message.code && { code: message.code }),
    ...(message.note !== undefined && { message: message.note }),
  };
  try {
    await ports.store.attempt(newEntry(call, changeId, message.outcome, body), consumedBy(message, call));
  } catch (error) {
    ports.log.error({ change: changeId, problem: String(error) }, 'an attempt could not be recorded');
    return result;
  }
  return { ...result, change_id: changeId };
}

/** A preview changes nothing, but a refusal of further guesses is logged. A pending request is logged once. */
function isRecorded(outcome: Outcome, { request, batch }: Call): boolean {
  if (outcome.kind === 'unchanged' || batch?.isRepeated) return false;
  if (outcome.kind === 'needs_approval' && !outcome.approval.isNew) return false;
  return !request.dryRun || outcome.kind === 'guess_limit';
}

/** A refusal consumes its token: the question cannot be answered again, and a name cannot be guessed at. */
function consumedBy({ outcome }: Message, { answer }: Call): Nonce | undefined {
  return outcome === 'refused' && answer ? { id: answer.token.id, expiresAt: answer.token.expiresAt } : undefined;
}

/** The caller stopped waiting: it gave up, or cancelled the call. With a proposal, a question was open. */
export async function abandonCall(context: UpdateContext, proposal?: Proposal): Promise<Result> {
  return await endCall(context, { kind: 'abandoned', isAsked: proposal !== undefined }, proposal);
}

/** Ends a call whose arguments could not be parsed. Only the user id is read again: another value may be a secret. */
export async function failUnparsedCall(
  target: { tool: string; connection: Connection; caller: Caller; args: unknown } & Pick<Call, 'batch'>,
  error: AppError,
  ports: Ports,
): Promise<Result> {
  const { tool, connection, caller, args, batch } = target;
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
  const context = createContext({ connection, request, caller, canAsk: false, ...(batch && { batch }) }, ports);
  return await endCall(context, { kind: 'failed', error });
}
