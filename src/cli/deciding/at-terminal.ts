import { type Approval, type ApproverDecision, secretsToType } from '../../approvals/approval.ts';
import { approvedText, contestedText } from '../../approvals/snapshot.ts';
import { spelledOut } from '../../update/confirm/typed-name.ts';
import { ownCommandLine } from '../own-command.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import type { CommandApprover } from './approver.ts';

/** A person at the terminal. Throws a UsageError if there is none. */
export function approverAtTerminal(command: string, { approver }: { approver?: string }): CommandApprover {
  const terminal = openTerminal(command);
  return {
    async credentials() {
      const name = approver ?? (await terminal.line('Approver name: ')).trim();
      return { name, passphrase: await terminal.secret('Passphrase: ') };
    },
    say: terminal.say,
    decide: async (approval) => await askForYes(terminal, approval),
    close: terminal.close,
  };
}

/** Undefined unless every question was answered with yes. */
async function askForYes(terminal: Terminal, approval: Approval): Promise<ApproverDecision | undefined> {
  const { snapshot } = approval;
  if (!(await terminal.isYes(`Approve ${approvedText(snapshot)}?`))) return undefined;
  const contested = contestedText(snapshot);
  const overwrite = contested !== undefined && (await terminal.isYes(`Also overwrite ${contested}, changed since?`));
  if (contested !== undefined && !overwrite) {
    terminal.say(
      `A yes covers ${approvedText(snapshot)} whole, including fields changed since. To decline it: ${ownCommandLine('reject', approval.row.id)}`,
    );
    return undefined;
  }
  const secrets: Record<string, string> = {};
  for (const field of secretsToType(approval)) {
    secrets[field] = await terminal.secret(`New ${field}: `);
    if ((await terminal.secret(`New ${field} again: `)) !== secrets[field]) {
      terminal.say('The two are not the same.');
      return undefined;
    }
  }
  const typed =
    snapshot.typed === undefined ? undefined : await terminal.line(`Type ${spelledOut(snapshot.typed)} to confirm: `);
  return { yes: true, overwrite, secrets, ...(typed !== undefined && { typed }) };
}
