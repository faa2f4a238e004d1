import type { Deadline } from '../lib/async/deadline.ts';
import type { Json } from '../lib/json/json-value.ts';
import type { Log } from '../lib/log.ts';
import type { Telemetry } from '../lib/telemetry.ts';
import type { WriteMethod } from '../providers/calls.ts';

/** The limits of one request, and the listener for its failures. */
export interface UpstreamLimits {
  requestMs: number;
  responseBytes: number;
  /** How often a request is sent at most. */
  attempts: number;
  telemetry?: Telemetry;
  /** Gets the cause of each failed request. */
  log?: Log;
}

export interface UpstreamRequest {
  method: 'GET' | WriteMethod;
  /** Path and query behind the connection's base URL. */
  path: string;
  body?: Json;
  /** `application/json` when left out. A 415 can be answered with the other one. */
  contentType?: string;
  contentTypeAfter415?: string;
  /** By lower-case name; they win over those of the connection. */
  headers?: Readonly<Record<string, string>>;
  within: Deadline;
}

export interface UpstreamResponse {
  status: number;
  /** Keyed by lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** Undefined for an empty body and for one that is not JSON. */
  body: Json | undefined;
  /** Whether there was a body that is not JSON. */
  malformed: boolean;
  /** Whether the bytes of the body are not text in their declared encoding. */
  undecodable?: boolean;
}
