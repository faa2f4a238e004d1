import type { ErrorCode } from '../errors.ts';
import type { Json, JsonObject } from '../lib/json/json-value.ts';
import type { Redacted } from '../lib/json/redacted.ts';
import type { ServiceFacts } from '../providers/interpret/record-write.ts';
import type { Provider } from '../providers/provider.ts';
import type { Plan } from './plan/types.ts';
import type { PeopleCounts } from './policy/people/counts.ts';
import type { Decision, Rule } from './policy/rules.ts';

/** One account at one provider. `provider` already has the operator’s overrides. */
export interface Connection {
  name: string;
  provider: Provider;
  settings: Readonly<Record<string, unknown>>;
}

/** The principals of callers without a token. Tokens must not have these names. */
export const BUILT_IN_CALLERS = { stdio: 'local', openHttp: 'anonymous', command: 'operator' } as const;

/** Who calls. The transport verifies `principal`, and policy matches it; the client’s name is its own claim. */
export interface Caller {
  principal: string;
  /** Further verified identities, such as an e-mail address: callers may not approve their own changes. */
  identities?: readonly string[];
  /** Name and version, for people. */
  client?: string;
  /** The name without the version: a yes stays valid when the client is upgraded, but not for another client. */
  clientName?: string;
}

/** A requested change of one user record, with every argument validated. */
export interface ChangeRequest {
  tool: string;
  userId: string;
  set: ReadonlyMap<string, Json>;
  /** Field names, or `field.key` of a merged object. */
  clear: readonly string[];
  /** Secret fields whose new value an approver types in; the caller never sees it. */
  askFor: readonly string[];
  reason?: string;
  dryRun: boolean;
  /** Query parameters that shape the user the vendor returns; nothing else. */
  shape?: Readonly<Record<string, string>>;
  /** Present when this undoes an earlier change. */
  undo?: Undo;
}

/** What an undo needs besides the values it restores. */
export interface Undo {
  changeId: string;
  /** The target value of a field, given its present value: only what the change moved is restored. */
  target(field: string, held: Json | undefined): Json | undefined;
  /** Fields that changed since; overwriting them needs a yes of its own. */
  contested(record: JsonObject): string[];
  /** What the second place of a mirrored field held, if it differs from the field. */
  mirrors: ReadonlyMap<string, MirrorImage>;
  /** What cannot be restored, and why; included in the result. */
  beyond: readonly string[];
}

/** The second place of a mirrored field before a change. */
export interface MirrorImage {
  value?: Json;
  /** Whether its container existed. */
  container: boolean;
}

/** The user record as it is now. */
export interface Current {
  record: JsonObject;
  /** The user id in the vendor's spelling, if the user record has one. */
  id?: string;
  etag?: string;
  /** What the service said about itself, if it was asked. */
  service?: ServiceFacts;
}

export interface Verdict {
  decision: Exclude<Decision, 'strip'>;
  /** The rule that decided: its name, else `rules[3]` or `built-in`. */
  rule: string;
  /** The operator's note on the rule. */
  note?: string;
  /** Paths of the leaf changes that a rule removed. */
  stripped: readonly string[];
}

/** A plan, the verdict on it, and the snapshot both were made from. */
export interface Proposal {
  readonly kind: 'proposal';
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly verdict: Verdict;
  /** The rules with `people` under which the user record counts when the change is written. */
  readonly under: readonly Rule[];
}

/** The user record as one attempt read it. */
export interface Snapshot extends Current {
  /** The user's last entry in the audit log before the record was read; an intent opens only if it still is the last. */
  readonly lastSeq: number;
  /** What `people` in rules counts, from before the plan was judged. */
  readonly people: PeopleCounts;
}

/** Every way a call can end. */
export const OUTCOMES = [
  'updated',
  'unchanged',
  'preview',
  'needs_approval',
  'refused',
  'denied',
  'conflict',
  'failed',
  'unverified',
] as const;
export type OutcomeName = (typeof OUTCOMES)[number];

/** A leaf in a result. Inside a free-form object an absent value has no key; elsewhere it is `null`. */
export interface ChangeResult {
  field: string;
  before?: Redacted<'model'>;
  after?: Redacted<'model'>;
}

/** How a call ended. Values in it are redacted for the model. */
export interface Result {
  kind: 'result';
  outcome: OutcomeName;
  provider: string;
  connection: string;
  user: { id: string; label?: string; attributes?: Record<string, Redacted<'model'>> };
  /** For a preview: the decision of policy, and the rule behind it. */
  verdict?: Verdict['decision'];
  rule?: string;
  changes: readonly ChangeResult[];
  cleared?: readonly string[];
  stripped?: readonly string[];
  /** For a preview of an undo: fields that changed since, which need a yes of their own. */
  contested?: readonly string[];
  /** Contested fields of an undo that keep their values. */
  left?: readonly string[];
  collateral?: readonly ChangeResult[];
  unreadable?: readonly string[];
  approval?: { id: string; url?: string; expires_at: string };
  change_id?: string;
  code?: ErrorCode;
  message: string;
  next?: string;
}

/** A question to a person; nothing happens before it is answered. */
export interface Ask<R = Result> {
  kind: 'ask';
  question: Question;
  /**
   * Binds the answer to this question. The server signs it, sends it with the question, and requires it with the
   * answer.
   */
  token: ConfirmationToken;
  /** Records that the question was abandoned. Call it when the caller stops waiting. */
  abandon(): Promise<R>;
}

export interface Question {
  message: string;
  /** The name to type, for identity, access and lifecycle changes. */
  typed?: string;
  /** Fields that changed since and need a yes of their own. */
  contested?: readonly string[];
}

/** Binds an answer to its question: valid once, for one plan, until it expires. */
export interface ConfirmationToken {
  id: string;
  digest: string;
  /** Ms since the epoch. */
  mintedAt: number;
  expiresAt: number;
  /** How often a wrong name was typed for this change. */
  wrongNames: number;
  /** Present if the question is about a batch. */
  batch?: BatchBinding;
}

/** What the yes to a batch is bound to. */
export interface BatchBinding {
  /** The batch that the question opened: its changes keep that id when they are made. */
  id: string;
  /** Of each change in the order of the call; null for one that the question does not include. */
  digests: readonly (string | null)[];
  /** What has to be typed. */
  typed?: string;
}

/** The answer to a question. The signature of `token` was verified. */
export interface Answer {
  token: ConfirmationToken;
  action: 'accept' | 'decline' | 'cancel';
  /** Undefined if the form was accepted without a choice. */
  choice?: 'yes' | 'no';
  typed?: string;
  /** The separate yes for contested fields. */
  overwrite?: boolean;
  /** How long the answer took, in ms. */
  afterMs: number;
}

/** The response to a call. */
export type UpdateReply = Result | Ask;
