import type { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import type { Json, JsonObject } from '../lib/json/json-value.ts';
import type { Log } from '../lib/log.ts';
import type { Telemetry } from '../lib/telemetry.ts';
import type { Store } from '../store/store.ts';
import type { Rule } from './policy/rules.ts';
import type { Redaction } from './redact/view.ts';
import type { Connection, Current } from './types.ts';

/** Where questions go. `client`: only to the client. `page`: never to the client. `auto`: to the client where it can ask. */
export const CONFIRMATION_CHANNELS = ['auto', 'client', 'page'] as const;
export type ConfirmationChannel = (typeof CONFIRMATION_CHANNELS)[number];

/** What the road needs and does not do itself. Handed in, so that everything here can be driven by tests. */
export interface Ports {
  records: Records;
  store: Store;
  seal: Sealing;
  policy: Policy;
  redaction: Redaction;
  /** `client`: what the client cannot ask is asked nowhere, and does not happen. */
  confirmation: { expiresMs: number; minAnswerMs: number; channel: ConfirmationChannel };
  approval: ApprovalRoad;
  limits: { callMs: number; imageDays: number; guessesPerHour: number };
  log: Log;
  telemetry?: Telemetry;
}

/** How a change gets to an approver who sits outside the client. */
export interface ApprovalRoad {
  /** Whether there are as many as have to agree. */
  ready(): Promise<boolean>;
  /** Where a person finds a pending approval; undefined where no page is served. */
  link(id: string): Promise<string | undefined>;
  expiresMs: number;
  /** How many approvers have to agree. */
  needed: number;
  /** Whether an approver who may be the caller may approve. */
  callerMayApprove: boolean;
}

export interface Policy {
  allowSecretInput: boolean;
  rules: readonly Rule[];
}

export interface Records {
  /** Reads one person's record. Throws an AppError; `not_found` when there is no such person. */
  read(connection: Connection, userId: string, within: Deadline): Promise<Current>;
  /** Sends the body, exactly once unless it certainly was not processed. Does not throw for vendor answers. */
  write(connection: Connection, request: WriteRequest, options: WriteOptions): Promise<WriteResult>;
}

/** All that leaves of a plan. */
export interface WriteRequest {
  userId: string;
  body: JsonObject;
}

export interface WriteOptions {
  within: Deadline;
  /** Asked again before the body is sent after a wait: whether the record still is as it was when the body was made. */
  isCurrent(): Promise<boolean>;
  etag?: string;
  query?: Readonly<Record<string, string>>;
}

export type WriteResult =
  | { kind: 'accepted'; body?: Json }
  /** The vendor said no, or was never reached: nothing was written. */
  | { kind: 'rejected'; error: AppError }
  /** It had to wait, and the record changed meanwhile: nothing was sent. */
  | { kind: 'moved' }
  /** It may or may not have been written; `running`: the vendor may still be about to. */
  | { kind: 'unknown'; error: AppError; running: boolean };

export interface Sealing {
  seal(id: string, value: unknown): Uint8Array;
  /** All of sealing that can be done before the value is known; what it returns may be called once. */
  prepare(id: string): (value: unknown) => Uint8Array;
  unseal(id: string, sealed: Uint8Array): unknown;
  hmac(purpose: string, text: string): string;
}
