import { AppError } from '../../errors.ts';
import type { Call } from '../context.ts';
import type { Verdict } from '../types.ts';
import { answerText, reasonText, unavailableSteps } from './approver-messages.ts';
import { NEXT, nextAfter } from './next-steps.ts';
import type { Message, Outcome } from './outcome.ts';
import { previewText } from './preview-message.ts';
import { vendorMessage } from './vendor-message.ts';
import { conflictMessage, notReadBackMessage, unverifiedMessage, updatedMessage } from './write-messages.ts';

/** What a message may use besides the outcome. `sensitive` lists the values that may not be quoted. */
export interface MessageSource {
  call: Call;
  /** The line for a shell that runs this program with these words. */
  commandLine(...words: string[]): string;
  sensitive(): readonly string[];
}

const UNCHANGED = 'Nothing was changed.';

/** The message of an outcome. The only place that turns outcomes into sentences. */
export function toMessage(outcome: Outcome, source: MessageSource): Message {
  switch (outcome.kind) {
    case 'unchanged':
      return { outcome: 'unchanged', message: 'The record already has these values; nothing was sent.' };
    case 'preview':
      return { outcome: 'preview', message: previewText(outcome, source.call) };
    case 'denied':
      return {
        outcome: 'denied',
        code: 'denied_by_policy',
        message: `${deniedText(outcome.verdict)} (${ruleText(outcome.verdict)}). ${UNCHANGED}`,
        next: NEXT.denied_by_policy,
      };
    case 'guess_limit':
      return {
        outcome: 'denied',
        code: 'guess_limit',
        message: `More than ${outcome.limit} different values were tried within an hour for a field of this user that is not shown. ${UNCHANGED} This result does not say whether the value is right.`,
        next: NEXT.guess_limit,
      };
    case 'refused': {
      const how = answerText(outcome.answer);
      const code = outcome.answer.kind === 'closed' ? 'cancelled' : 'declined';
      return { outcome: 'refused', code, message: `${how} ${UNCHANGED}`, next: NEXT[code], note: how };
    }
    case 'approver_declined':
      return {
        outcome: 'refused',
        code: 'declined',
        message: `${outcome.approver ?? 'An approver'} declined this change. ${UNCHANGED}`,
        next: `${NEXT.declined} The decision holds until ${new Date(outcome.until).toISOString()}; a call after that asks anew.`,
      };
    case 'approval_expired':
      return {
        outcome: 'failed',
        code: 'approval_expired',
        message: `The approval was not given, or not used, in time. ${UNCHANGED}`,
        next: NEXT.approval_expired,
      };
    case 'too_many_approvals':
      return {
        outcome: 'failed',
        code: 'confirmation_unavailable',
        message: `This change needs approval, but ${outcome.limit} requests of this caller already wait for an approver, which is the limit. ${UNCHANGED}`,
        next: `Have approvers decide on the pending requests (${source.commandLine('approvals', 'list')}), then call again.`,
      };
    case 'needs_approval': {
      const { reason, approval } = outcome;
      const note = approval.note === undefined ? '' : `${approval.note} `;
      const page = approval.url === undefined ? '' : `at ${approval.url}, or `;
      return {
        outcome: 'needs_approval',
        message: `${note}This change ${reasonText(reason)}. It waits for an approver; nothing was changed.`,
        next: `Ask a person to approve it ${page}with: ${source.commandLine('approve', approval.id)}. Then call again with the same arguments.`,
      };
    }
    case 'confirmation_unavailable': {
      const { reason, obstacle } = outcome;
      const { problem, next } = unavailableSteps(reason, obstacle, source.commandLine('approver', 'add', 'NAME'));
      const why = reasonText(reason);
      const message = `This change ${why}; ${problem}. ${UNCHANGED}`;
      return { outcome: 'failed', code: 'confirmation_unavailable', message, next, note: why };
    }
    case 'moved_since_question':
      return {
        outcome: 'conflict',
        code: 'record_changed',
        message: `The record is no longer what was agreed to. ${UNCHANGED}`,
        detail: 'the record moved after the question was put',
        next: 'Call again for this change: it is planned and asked anew, on the record as it is now.',
      };
    case 'not_covered':
      return {
        outcome: 'failed',
        code: 'confirmation_unavailable',
        message: `Policy now asks for more than the yes to this batch. ${UNCHANGED}`,
        next: 'Call again for this change: it is asked anew.',
        note: 'policy asks for more than the yes to the batch',
      };
    case 'abandoned': {
      const when = outcome.isAsked ? 'before the question was answered' : 'before anything was sent';
      return {
        outcome: 'failed',
        code: outcome.isAsked ? 'confirmation_unavailable' : 'internal',
        message: `The caller stopped waiting ${when}. ${UNCHANGED}`,
        next: 'Call again, and wait longer.',
        note: `the caller stopped waiting ${when}`,
      };
    }
    case 'failed':
      return failureMessage(outcome.error, source);
    case 'rejected': {
      const failed = failureMessage(outcome.error, source);
      if (outcome.error.code !== 'record_changed') return failed;
      return { ...failed, outcome: 'conflict', detail: 'the vendor refused the write because the record had changed' };
    }
    case 'moved_before_write':
      return {
        outcome: 'conflict',
        code: 'record_changed',
        message: `The record changed while this write waited for its turn. Nothing was sent, and nothing was changed.`,
        detail: 'the record changed before the write was sent',
        next: 'Call again: the change is planned anew, on the record as it is now.',
      };
    case 'not_written': {
      const failed = failureMessage(outcome.error, source);
      return { ...failed, message: `${failed.message} The record was read back and still holds the old values.` };
    }
    case 'not_read_back':
      return notReadBackMessage(outcome.reply);
    case 'other_value':
      return conflictMessage(outcome);
    case 'unverified':
      return unverifiedMessage(outcome);
    case 'updated':
      return updatedMessage(outcome, source.call);
  }
}

function failureMessage(error: unknown, { call, sensitive }: MessageSource): Message {
  const known = error instanceof AppError;
  const code = known ? error.code : 'internal';
  const facts = known ? error.facts : {};
  const message = [
    known ? error.message : 'The server failed unexpectedly; its log has the details.',
    ...vendorMessage(call.connection.provider, call.request, { code, facts }, sensitive()),
    UNCHANGED,
  ];
  return {
    outcome: 'failed',
    code,
    message: message.join(code === 'invalid_input' ? '\n' : ' '),
    next: nextAfter({ code, facts }),
  };
}

function deniedText({ decision }: Verdict): string {
  return decision === 'deny' ? 'The operator’s policy forbids this change' : 'Policy removed every field';
}

/** The rule that decided, with the operator's note. */
function ruleText({ rule, note }: Verdict): string {
  return note === undefined ? rule : `${rule}: ${note}`;
}
