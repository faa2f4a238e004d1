import type { Path } from './field.ts';

/** The error codes that a vendor's response can lead to. */
export const ERROR_KINDS = [
  'not_found',
  'credentials_rejected',
  'forbidden',
  'uniqueness_conflict',
  'rate_limited',
  'upstream_rejected',
  'upstream_unavailable',
  'record_changed',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** A vendor's error response, decoded. */
export interface DecodedError {
  kind?: ErrorKind;
  faults?: VendorFault[];
}

/** One thing a vendor says is wrong: the path to it, and the sentence about it. */
export interface VendorFault {
  path?: readonly string[];
  /** The vendor's own words: foreign text, scrubbed before anyone sees it. */
  quote?: string;
}

/** Where a vendor's error response says what is wrong. `interpret/decode-error.ts` reads it. */
export interface ErrorShape {
  /** Lists of faults; they count before `messages`. */
  faults?: readonly FaultList[];
  /** One sentence: the first of these that is a text. */
  messages?: readonly Path[];
  /** A header with a sentence. */
  header?: string;
  /** What the vendor's own codes mean, in responses with a status below 500. */
  codes?: readonly ErrorCodes[];
}

export interface FaultList {
  /** A list of objects; or, with `keyed`, an object whose keys name fields. */
  at: Path;
  keyed?: true;
  /** Where in an entry the path of the field is; and its sentence. */
  path?: Path;
  message: Path;
}

export interface ErrorCodes {
  at: Path;
  /** By the exact code. */
  is?: Readonly<Record<string, ErrorKind>>;
  /** By a part of the code, without case. */
  contains?: Readonly<Record<string, ErrorKind>>;
  /** Only in responses with one of these statuses. */
  statuses?: readonly number[];
}

/** How a vendor asks to slow down, besides 429 and `Retry-After`. */
export interface SlowDown {
  statuses?: readonly number[];
  headers?: readonly SlowDownHeader[];
}

export const WAIT_UNITS = ['seconds', 'milliseconds', 'epoch'] as const;

/** `epoch`: seconds since 1970, the time from which requests are taken again. */
export interface SlowDownHeader {
  name: string;
  unit: (typeof WAIT_UNITS)[number];
}
