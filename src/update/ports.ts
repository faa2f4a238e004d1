import type { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import type { KeyedMutex } from '../lib/async/keyed-mutex.ts';
import type { Json, JsonObject } from '../lib/json/json-value.ts';
import type { Log } from '../lib/log.ts';
import type { Telemetry } from '../lib/telemetry.ts';
import type { RecordWrite } from '../providers/calls.ts';
import type { ApproverRow } from '../store/approvals.ts';
import type { Store } from '../store/store.ts';
import type { Rule } from './policy/rules.ts';
import type { Redaction } from './redact/view.ts';
import type { Connection, Current } from './types.ts';

/**
 * Where questions go. `client`: only to the client. `page`: never to the client. `auto`: to the client if it can ask.
 */
export const CONFIRMATION_CHANNELS = ['auto', 'client', 'page'] as const;
export type ConfirmationChannel = (typeof CONFIRMATION_CHANNELS)[number];

/** The ports of the pipeline: everything it needs from outside. */
export interface Ports {
  records: Records;
  store: Store;
  seal: Sealing;
  policy: Policy;
  redaction: Redaction;
  confirmation: { expiresMs: number; minAnswerMs: number; channel: ConfirmationChannel };
  approval: ApprovalOptions;
  limits: { callMs: number; undoDays: number; guessesPerHour: number; concurrentWrites: number };
  /** One call per user at a time within this process; the store does the same between processes. */
  lock: KeyedMutex;
  clock: Clock;
  /** The line for a shell that runs this program with these words. */
  commandLine(...words: string[]): string;
  log: Log;
  telemetry?: Telemetry;
}

export interface Clock {
  /** Ms since the epoch. */
  now(): number;
}

/** How approvers outside the client decide. */
export interface ApprovalOptions {
  /** Whether enough approvers are registered, or can be by signing in. */
  ready(): Promise<boolean>;
  /** Those who count as approvers now. */
  approvers(): Promise<readonly ApproverRow[]>;
  /** The URL of a pending approval; undefined if no page is served. */
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
  /** Reads a user record. Throws an AppError; `not_found` when there is no such user. */
  read(connection: Connection, userId: string, within: Deadline): Promise<Current>;
  /** Sends the body exactly once, unless it certainly was not processed. Does not throw for vendor responses. */
  write(connection: Connection, request: WriteRequest, options: WriteOptions): Promise<WriteResult>;
  /** For how long the vendor wants this connection to send nothing, in ms; 0 if it does not. Requests wait that long. */
  pauseMs(connection: Connection): number;
  /** The access tokens that were fetched for a connection, ended ones too: to be removed from text like its settings. */
  fetchedCredentials(connection: Connection): readonly string[];
}

/** The data that leaves the pipeline for a vendor. */
export interface WriteRequest {
  userId: string;
  write: RecordWrite;
  /** The request body, exactly as it is sent. */
  body: JsonObject;
}

export interface WriteOptions {
  within: Deadline;
  /** Whether the user record is unchanged since the body was made; checked before sending after a wait. */
  isCurrent(): Promise<boolean>;
  etag?: string;
  query?: Readonly<Record<string, string>>;
}

export type WriteResult =
  | { kind: 'accepted'; body?: Json }
  /** The vendor refused it, or was never reached: nothing was written. */
  | { kind: 'rejected'; error: AppError }
  /** The write had to wait, and the user record changed meanwhile: nothing was sent. */
  | { kind: 'moved' }
  /** It may have been written; `running`: the vendor may still be carrying it out. */
  | { kind: 'unknown'; error: AppError; running: boolean };

export interface Sealing {
  seal(id: string, value: unknown): Uint8Array;
  /** Does all the sealing work that does not depend on the value. Call the returned function at most once. */
  prepare(id: string): (value: unknown) => Uint8Array;
  unseal(id: string, sealed: Uint8Array): unknown;
  hmac(purpose: string, text: string): string;
}
