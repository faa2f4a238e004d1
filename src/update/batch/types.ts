import type { Evidence } from '../context.ts';
import type { PeopleCounts } from '../policy/people/counts.ts';
import type {
  Answer,
  Ask,
  Caller,
  ChangeRequest,
  ChangeResult,
  Connection,
  OutcomeName,
  Result,
  Verdict,
} from '../types.ts';
import type { BatchPlan } from './plan/types.ts';

/** One change of a batch: of one user record, and of no other change of the batch. */
export interface BatchChange {
  connection: Connection;
  request: ChangeRequest;
  /** The physical line of the file it comes from. */
  line?: number;
}

/** Many changes that are asked about at once. */
export interface BatchCall {
  /** Shared by the entries of all changes. */
  id: string;
  /** As in the audit log. */
  tool: string;
  caller: Caller;
  changes: readonly BatchChange[];
  /** If one cannot be made, none is. */
  allOrNothing: boolean;
  reason?: string;
  dryRun: boolean;
  /** The batch that this one undoes. */
  undoes?: string;
  /** How many changes of that batch cannot be undone. */
  notUndone?: number;
  /** The answer to an earlier question; the signature of its confirmation token was checked. */
  answer?: Answer;
  canAsk: boolean;
  place?: 'terminal';
  unanswered?: true;
  /** Aborts when the caller stops waiting: what is not begun then is not made. */
  signal?: AbortSignal;
  /** Nothing is begun after this time, in ms of the monotonic clock. */
  until?: number;
  /** What is asked about is stored while it waits for an approval, to be resumed by its id. */
  isKept?: true;
  /** It goes on after an interruption. */
  isResumed?: true;
  /** What ended for good before an interruption, by index: it is neither planned nor asked about again. */
  endedBefore?: ReadonlyMap<number, Result>;
  observer?: BatchObserver;
  /** What `people` in rules counts, once the batch is planned. */
  people?: PeopleCounts;
}

/** What a caller may show while a batch is under way. */
export interface BatchObserver {
  progress?(phase: BatchPhase, done: number, total: number): void;
  /** Everything is planned, and the question comes next, or the first write. */
  planned?(plan: BatchPlan): Promise<void>;
  /** The batch is stored under its id, and the first write comes next. */
  opened?(id: string): void;
  /** One change ended; `index` as in the call. */
  ended?(index: number, result: MemberResult): void;
}

/** What is counted while a batch is under way, in that order. */
export const BATCH_PHASES = ['plan', 'write', 'undo'] as const;
export type BatchPhase = (typeof BATCH_PHASES)[number];

/** How one change of a batch ended. Values in it are redacted for the model. */
export interface MemberResult
  extends Pick<Result, 'outcome' | 'provider' | 'connection' | 'user' | 'code' | 'change_id' | 'message'> {
  /** Of a preview. */
  changes?: readonly ChangeResult[];
}

export type BatchOutcome = OutcomeName | 'partly_updated';

/** How a batch ended. */
export interface BatchResult {
  kind: 'batch';
  outcome: BatchOutcome;
  batch_id: string;
  /** How many changes ended so; outcomes that none had are left out. */
  counts: Partial<Record<OutcomeName, number>>;
  /** In the order of the call. */
  results: readonly MemberResult[];
  /** Of a preview: the strictest decision, and the rule behind it. */
  verdict?: Verdict['decision'];
  rule?: string;
  approval?: NonNullable<Result['approval']>;
  message: string;
  next?: string;
}

export type BatchReply = BatchResult | Ask<BatchResult>;

/** The consent to a batch. */
export interface Consent {
  /** Of each change in the order of the call; null for one that was not agreed to. */
  digests: readonly (string | null)[];
  /** The strictest decision of policy that it satisfies. */
  level: Verdict['decision'];
  /** Whether it includes overwriting fields that changed since the change that is undone. */
  overwrite: boolean;
  evidence: Evidence;
}
