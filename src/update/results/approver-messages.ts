import { bounds } from '../../bounds.ts';
import type { ApproverReason, NoAnswer, NoPerson, Obstacle, Refusal } from './outcome.ts';

/** Why a change was not confirmed at the client, and what else would confirm it. */

/** An answer that means no, described as the client's: whether a person gave it is never known. */
export function answerText(answer: Refusal): string {
  switch (answer.kind) {
    case 'declined':
    case 'closed': {
      const who = answer.by === 'client' ? 'The client' : 'The person at the terminal';
      return `${who} ${answer.kind} the question after ${durationText(answer.afterMs)}.`;
    }
    case 'chose_no':
      return `The answer, after ${durationText(answer.afterMs)}, was to change nothing.`;
    case 'wrong_name':
      return `A wrong name was typed ${answer.times} times.`;
    case 'did_not_overwrite':
      return 'The answer did not include the yes to overwrite what changed since.';
  }
}

/** Goes into the middle of a sentence, after "This change". */
export function reasonText(reason: ApproverReason): string {
  switch (reason.kind) {
    case 'policy':
      return 'needs approval by a person outside this client';
    case 'secret_input':
      return `has a secret (${reason.fields.join(', ')}) typed in by an approver`;
    case 'no_answer': {
      const needs = reason.onlyOverwrites
        ? 'overwrites what someone changed since, which needs a person’s yes'
        : 'needs a person’s yes';
      return `${needs}, and ${causeText(reason.cause)}`;
    }
  }
}

function causeText(cause: NoAnswer): string {
  switch (cause.kind) {
    case 'unanswered':
      return 'the question was not answered in time';
    case 'channel_page':
      return 'the operator has every question put to an approver (confirmation.channel)';
    case 'no_terminal':
      return 'this command has no terminal to ask at';
    case 'client_cannot_ask':
      return 'this client cannot ask one';
    case 'too_long':
      return `the question has ${cause.lines} lines, more than the ${bounds.questionLines} short ones that a client’s form shows`;
    case 'no_person':
      return noPersonText(cause.answer);
  }
}

function noPersonText(answer: NoPerson): string {
  const after = `after ${durationText(answer.afterMs)}`;
  switch (answer.kind) {
    case 'too_fast_no':
      return `the client ${answer.did} the question by itself ${after}`;
    case 'too_fast_yes':
      return `the client said yes ${after}, too fast for a reader`;
    case 'no_choice':
      return `the client sent the form back ${after} without a choice`;
  }
}

/** What prevents an approval, and every step that would help in this case. `register`: the command that adds an approver. */
export function unavailableSteps(
  reason: ApproverReason,
  obstacle: Obstacle,
  register: string,
): { problem: string; next: string } {
  const { problem, step } = obstacleText(obstacle, register);
  const next = [...stepsOf(reason), step].join('; or ');
  return { problem, next: `${next.charAt(0).toUpperCase()}${next.slice(1)}.` };
}

function obstacleText(obstacle: Obstacle, register: string): { problem: string; step: string } {
  if (obstacle.kind === 'channel_client') {
    return {
      problem: 'the operator has questions put in the client only',
      step: 'have the operator let approvers decide (confirmation.channel is client)',
    };
  }
  const { needed } = obstacle;
  const whom = needed > 1 ? `${needed} approvers` : 'an approver';
  return {
    problem: needed > 1 ? `fewer than ${needed} approvers are registered` : 'no approver is registered',
    step: `have the operator register ${whom} (${register})`,
  };
}

function stepsOf(reason: ApproverReason): string[] {
  switch (reason.kind) {
    case 'policy':
      return ['have the operator change the policy rule that wants approval for it'];
    case 'secret_input':
      return [];
    case 'no_answer': {
      const rule = reason.onlyOverwrites ? [] : ['have the operator add a policy rule for this field'];
      return [STEPS[reason.cause.kind], ...rule];
    }
  }
}

const STEPS: Readonly<Record<NoAnswer['kind'], string>> = {
  unanswered: 'call again when a person can answer',
  channel_page: 'have the operator set confirmation.channel to auto',
  no_terminal: 'run it at a terminal',
  client_cannot_ask: 'use a client that shows elicitation forms',
  too_long: 'split the change: name fewer fields, entries or keys in each call',
  no_person: 'use a client that shows elicitation forms to a person',
};

/** `0.02 s`, `4.2 s`. */
function durationText(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 100 ? 3 : 1)} s`;
}
