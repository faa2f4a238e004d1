import { ECHOED_NAME_CHARACTERS } from './lib/text/printable.ts';

/**
 * Every bound of the contract, written once. Input is measured against them before any work
 * is done on it; answers are cut to them before they leave. Units are in the names or beside them.
 */

const kib = 1024;

export const bounds = {
  /** The name of a field or an argument, a path in `clear` included, per segment. Characters (UTF-16 units). */
  nameCharacters: 128,
  /** What is given back of a name that a caller sent. Characters. */
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
  /** Faults that one answer names; the rest are counted. */
  listedFaults: 20,

  /** The `reason` of a change. Characters. */
  reasonCharacters: 500,
  /** The query of `find_user`. Characters. */
  queryCharacters: 200,

  /** The answer of a single update, errors included. Bytes of UTF-8 JSON, text and structure together. */
  answerBytes: 20_000,
  /** The answer of a list. Bytes of UTF-8 JSON, text and structure together. */
  listAnswerBytes: 100_000,
  /** Rows of a list where no limit is given, and a value in such a row (characters). */
  listRows: 10,
  listValueCharacters: 60,
  /** A list where no limit is given. Tokens, about, text and structure together; the contract allows 2,000. */
  listTokens: 1_950,

  /** One entry of the audit log. Bytes; a value cut there keeps its length and a keyed hash. */
  auditEntryBytes: 32_000,
  /** A question asked inside a client. Lines; the page and the terminal show all of it. */
  questionLines: 40,
  /** Approvals of one caller that wait at the same time. */
  pendingApprovals: 100,
  /** Request bodies being received, all together. Bytes. */
  bodiesInFlightBytes: 32 * kib * kib,

  /** What is quoted of a vendor's own words. Characters; the contract allows 200. */
  quoteCharacters: 160,
  /** Look-ups (`find_user`) of one caller in a minute. */
  lookupsPerMinute: 60,
  /** Differing wanted values for masked fields, per user, field and hour. */
  guessesPerHour: 30,
  /** Times a person may type the name before the call ends. */
  typedNames: 3,
} as const;
