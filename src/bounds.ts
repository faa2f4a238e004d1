import { ECHOED_NAME_CHARACTERS } from './lib/text/printable.ts';

/**
 * Every fixed limit of the contract, written once. Input is checked against them before any work is done on it, and results
 * are cut to them before they are sent. Units are in the names or in the comments.
 */

const kib = 1024;

export const bounds = {
  /** The name of a field or an argument, a path in `clear` included, per segment. Characters (UTF-16 units). */
  nameCharacters: 128,
  /** A caller's name for something, when a message repeats it. Characters. */
  echoedNameCharacters: ECHOED_NAME_CHARACTERS,
  /** Entries of `clear` and of `ask_for`. */
  listedFields: 200,
  /** Entries of an array inside `set`. */
  arrayEntries: 1_000,
  /** Levels of objects and arrays inside the arguments. */
  depth: 32,
  /** One text inside the arguments. Bytes of UTF-8. */
  textBytes: 16 * kib,
  /** All arguments of one call. Bytes of UTF-8 JSON. */
  argumentBytes: kib * kib,
  /** People in a file of `apply`, and the size of the file. Records; bytes. */
  applyLines: 10_000,
  applyFileBytes: 64 * kib * kib,
  /** Faults that one result names; the rest are counted. */
  listedFaults: 20,
  /** The same for the arguments of a batch. */
  listedBatchFaults: 100,
  /** Changes of one call of `update_users`. */
  batchChanges: 50,

  /** The `reason` of a change. Characters. */
  reasonCharacters: 500,
  /** The query of `find_user`. Characters. */
  queryCharacters: 200,

  /** The result of a single update, errors included. Bytes of UTF-8 JSON, text and structure together. */
  resultBytes: 20_000,
  /** The result of a list. Bytes of UTF-8 JSON, text and structure together. */
  listResultBytes: 100_000,
  /** Entries of a list without a limit, and a value in such an entry (characters). */
  listRows: 10,
  listValueCharacters: 60,
  /** A list without a limit. Estimated tokens, text and structure together; the contract allows 2,000. */
  listTokens: 1_950,

  /** One entry of the audit log. Bytes. A value that is cut keeps its length and a keyed hash. */
  auditEntryBytes: 32_000,
  /** A question asked in a client. Lines. The page and the terminal show all of it. */
  questionLines: 40,
  /** Pending approvals of one caller. */
  pendingApprovals: 100,
  /** Request bodies in memory, all together. Bytes. */
  bodiesInFlightBytes: 32 * kib * kib,

  /** A quotation of a vendor's own text. Characters; the contract allows 200. */
  quoteCharacters: 160,
  /** Look-ups (`find_user`) of one caller per minute. */
  lookupsPerMinute: 60,
  /** Different target values for masked fields, per user, field and hour. */
  guessesPerHour: 30,
  /** Attempts to type the name before the call ends. */
  typedNames: 3,

  /** How long the HTTP server waits at start for a database that cannot be reached. Milliseconds. */
  startUpMs: 60_000,
  /** Calls in flight when a server stops. A write that takes longer is recovered by the next start. Milliseconds. */
  drainMs: 20_000,
  /** Sending the last responses: clients can be slow, and so can a machine that shuts down. Milliseconds. */
  responsesMs: 5000,
  /** Closing the store: one that cannot be reached must not block the process from ending. Milliseconds. */
  storeStopMs: 5000,
} as const;

/** How long an HTTP server takes to stop at most, without what it computes. A service manager has to wait longer. */
export const LONGEST_SHUTDOWN_MS = bounds.drainMs + bounds.responsesMs + bounds.storeStopMs;
