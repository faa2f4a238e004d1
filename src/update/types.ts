import type { ErrorCode } from '../errors.ts';
import type { Json, JsonObject } from '../json-value.ts';
import type { Field, Provider } from '../providers/provider.ts';

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
  /** Fields whose value is no longer what the change left: somebody changed them since. They need their own yes. */
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

/** One planned change of one field, unredacted: stays inside `update/`. */
export interface Change {
  field: string;
  definition: Field;
  before: Json | undefined;
  after: Json | undefined;
  cleared: boolean;
  /** The new value is still to be typed in by an approver. */
  asked?: true;
}

/** Everything that will happen, unredacted: stays inside `update/`. */
export interface Plan {
  userId: string;
  label: string;
  emails: readonly string[];
  /** Planned fields that somebody changed since the change that is being undone. */
  contested: readonly string[];
  version: string | undefined;
  changes: readonly Change[];
  /** The record as it was read. */
  before: JsonObject;
  /** The request body, exactly as it will be sent. */
  body: JsonObject;
  /** The whole record as it should read afterwards, volatile attributes aside. */
  expected: JsonObject;
}

export type Decision = 'allow' | 'confirm' | 'approve' | 'deny' | 'strip';

export interface Verdict {
  decision: Exclude<Decision, 'strip'>;
  /** Which rule gave it, for the record: `rules[3]` or `built-in`. */
  rule: string;
  /** Fields a rule left out of the call. */
  stripped: readonly string[];
}

/** A field as one audience may see it: values are display JSON, already masked. */
export interface FieldView {
  field: string;
  effect: string;
  before: unknown;
  after: unknown;
  cleared: boolean;
  warning?: string;
}

/** A plan as one audience may see it. Pages, logs, store and results accept nothing else. */
export interface PlanView {
  provider: string;
  connection: string;
  userId: string;
  label: string;
  fields: readonly FieldView[];
}

export type OutcomeName =
  | 'updated'
  | 'unchanged'
  | 'preview'
  | 'needs_approval'
  | 'refused'
  | 'denied'
  | 'conflict'
  | 'failed'
  | 'unverified';

/** How a call ended. Values in it are redacted for the model. */
export interface Result {
  kind: 'result';
  outcome: OutcomeName;
  provider: string;
  connection: string;
  user: { id: string; label?: string; attributes?: unknown };
  changes: readonly { field: string; before: unknown; after: unknown }[];
  cleared?: readonly string[];
  stripped?: readonly string[];
  /** Of a preview of an undo: fields somebody changed since, which need a yes of their own. */
  contested?: readonly string[];
  /** Contested fields of an undo that were left as they are. */
  left?: readonly string[];
  collateral?: readonly { field: string; before: unknown; after: unknown }[];
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
  ticket: Ticket;
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
export interface Ticket {
  id: string;
  digest: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** What came back. `ticket` is there only when its signature held. */
export interface Answer {
  ticket: Ticket;
  action: 'accept' | 'decline' | 'cancel';
  ticked: boolean;
  typed?: string;
  /** The yes of their own for contested fields. */
  overwrite?: boolean;
}

export type Outcome = Result | Ask;
