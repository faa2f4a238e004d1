import { createHash } from 'node:crypto';
import { type Approval, type ApproverDecision, secretsToType } from '../../approvals/approval.ts';
import { contestedText } from '../../approvals/snapshot.ts';
import { UsageError } from '../../errors.ts';
import { spelledOut } from '../../update/confirm/typed-name.ts';
import { readPassphrase } from '../passphrase.ts';
import type { CommandApprover, ScriptOptions } from './approver.ts';

/** The answers to what a person is asked. */
export interface AnswerOptions {
  digest?: string;
  confirm?: string;
  overwrite?: boolean;
}

/**
 * A script in place of a person, with an approver's passphrase. It cannot agree to what it has not seen: a yes names the
 * digest that an earlier run of the command showed with the question.
 */
export function scriptedApprover({
  approver,
  digest,
  confirm,
  overwrite,
}: ScriptOptions & AnswerOptions): CommandApprover {
  if (approver === undefined)
    throw new UsageError('--passphrase-stdin needs the name of the approver: --approver NAME');
  const say = (text: string) => void process.stderr.write(`${text}\n`);

  function decide(approval: Approval): ApproverDecision | undefined {
    const { snapshot } = approval;
    if (secretsToType(approval).length > 0) {
      say('A new password is typed by a person: on the approval page, or with this command at a terminal.');
      return undefined;
    }
    const contested = contestedText(snapshot);
    const missing = [
      ...(digest === digestOf(approval) ? [] : [`--digest ${digestOf(approval)}`]),
      ...(snapshot.typed === undefined || confirm !== undefined
        ? []
        : [`--confirm with ${spelledOut(snapshot.typed)}`]),
      ...(contested === undefined || overwrite ? [] : [`--overwrite, for ${contested}`]),
    ];
    if (missing.length > 0) {
      const isOther = digest !== undefined && digest !== digestOf(approval);
      if (isOther) say('The digest is that of another request.');
      say(['To agree to all of this, repeat the command with', ...missing].join('\n  '));
      return undefined;
    }
    return { yes: true, overwrite: overwrite ?? false, secrets: {}, ...(confirm !== undefined && { typed: confirm }) };
  }

  return {
    credentials: async () => ({ name: approver, passphrase: await readPassphrase() }),
    say,
    decide: async (approval) => decide(approval),
    close: () => {},
  };
}

/** Stands for one request and everything in it. */
function digestOf({ row }: Approval): string {
  return createHash('sha256')
    .update(JSON.stringify([row.id, row.digest]))
    .digest('hex')
    .slice(0, 16);
}
