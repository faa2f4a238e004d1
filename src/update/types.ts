import type { ErrorCode } from '../errors.ts';
import type { Json, JsonObject } from '../lib/json/json-value.ts';
import type { Redacted } from '../lib/json/redacted.ts';
import type { Provider } from '../providers/provider.ts';
import type { Plan } from './plan/types.ts';
import type { Decision } from './policy/rules.ts';

export type * from './plan/types.ts';
export type * from './redact/types.ts';

/** One account at one provider, ready to be used. `provider` already carries what the operator changed in it. */
export interface Connection {
  name: string;
  provider: Provider;
  settings: Readonly<Record<string, unknown>>;
}

/** Who calls. `principal` is verified by the transport and is what policy goes by; the client names itself. */
export interface Caller {
  principal: string;
  /** What else is verified of the caller's identity, such as an e-mail address: who asks may not approve. */
  identities?: readonly string[];
  /** Name and version, for people. */
  client?: string;
  /** The name alone: a yes outlives an upgrade of the client, and not a change of clients. */
  clientName?: string;
}

/** What is wanted of one person's record, with every argument checked. */
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
  /** Present when this puts back what an earlier change displaced. */
  undo?: Undo;
}

/** What an undo knows beyond the values it puts back. */
export interface Undo {
  changeId: string;
  /** What a field is to hold, given what it holds now: only what the change moved goes back. */
  target(field: string, held: Json | undefined): Json | undefined;
  /** Fields whose value is no longer what the change left. They need their own yes. */
  contested(record: JsonObject): string[];
  /** What the second place of a mirrored field held, where that differs from the field. */
  mirrors: ReadonlyMap<string, MirrorImage>;
  /** What cannot be put back, and why; said in the result. */
  beyond: readonly string[];
}

/** The second place of a mirrored field before a change. */
export interface MirrorImage {
  value?: Json;
  /** Whether its container was there at all. */
  container: boolean;
}

/** The record as it is now. */
export interface Current {
  record: JsonObject;
  /** The person's id as the vendor spells it, where the record shows one: the same person whatever the caller wrote. */
  id?: string;
  etag?: string;
}

export interface Verdict {
  decision: Exclude<Decision, 'strip'>;
  /** The rule that decided: its name, else `rules[3]` or `built-in`. */
  rule: string;
  /** What the operator says about the rule. */
  note?: string;
  /** Paths of leaves that a rule left out of the call. */
  stripped: readonly string[];
}

/** A plan, the verdict on it, and the snapshot both were made from. */
export interface Proposal {
  readonly kind: 'proposal';
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  readonly verdict: Verdict;
}

/** The user record as one attempt read it. */
export interface Snapshot extends Current {
  /** The user's last entry in the audit log before the record was read; an intent opens only if it still is the last. */
  readonly lastSeq: number;
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
  /** Of a preview: what policy would decide, and by which rule. */
  verdict?: Verdict['decision'];
  rule?: string;
  changes: readonly ChangeResult[];
  cleared?: readonly string[];
  stripped?: readonly string[];
  /** Of a preview of an undo: fields somebody changed since, which need a yes of their own. */
  contested?: readonly string[];
  /** Contested fields of an undo that were left as they are. */
  left?: readonly string[];
  collateral?: readonly ChangeResult[];
  unreadable?: readonly string[];
  approval?: { id: string; url?: string; expires_at: string };
  change_id?: string;
  code?: ErrorCode;
  message: string;
  next?: string;
}

/** A person has to be asked before anything can happen. */
export interface Ask {
  kind: 'ask';
  question: Question;
  /** What the answer is bound to. Signed by the server, sent along with the question, demanded back with the answer. */
  token: ConfirmationToken;
  /** To be called when nobody waits for an answer any more: puts that on record. */
  abandon(): Promise<Result>;
}

export interface Question {
  message: string;
  /** What has to be typed, for changes that deserve a second look. */
  typed?: string;
  /** Fields that need a yes of their own, because somebody changed them since. */
  contested?: readonly string[];
}

/** The identity of a question: single use, expiring, fitting one plan only. */
export interface ConfirmationToken {
  id: string;
  digest: string;
  /** Milliseconds since the epoch. */
  mintedAt: number;
  expiresAt: number;
  /** How many times a wrong name has been typed for this change. */
  wrongNames: number;
}

/** What came back. `ticket` is there only when its signature held. */
export interface Answer {
  token: ConfirmationToken;
  action: 'accept' | 'decline' | 'cancel';
  /** What was chosen; undefined where an accepted form came back without a choice. */
  choice?: 'yes' | 'no';
  typed?: string;
  /** The yes of their own for contested fields. */
  overwrite?: boolean;
  /** How long the answer took, in ms. */
  afterMs: number;
}

/** What a call is answered with. */
export type UpdateReply = Result | Ask;
