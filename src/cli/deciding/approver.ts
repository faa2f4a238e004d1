import type { Approval, ApproverDecision } from '../../approvals/approval.ts';

/** What `approve` and `reject` need of the approver, a person at the terminal or a script. */
export interface CommandApprover {
  credentials(): Promise<ApproverCredentials>;
  /** Shows something to decide by. */
  say(text: string): void;
  /** Undefined unless it is a yes to all of it. */
  decide(approval: Approval): Promise<ApproverDecision | undefined>;
  close(): void;
}

export interface ApproverCredentials {
  name: string;
  passphrase: string;
}

export interface ScriptOptions {
  approver?: string;
  'passphrase-stdin'?: boolean;
}
