import { genesis } from '../log/hash-chain.ts';
import { LOOKED_UP } from '../store.ts';

/** "UUM1": distinguishes our files from those of other programs. */
export const applicationId = 0x55554d31;

/**
 * The names of tables and columns are fixed, since stores outlive versions; the code has other names for some: `owner`
 * is a process id, `spent` holds consumed nonces, `images` holds before-images.
 *
 * `entries` is only ever appended to. `head` is kept separately, so that removed entries at its end are noticed.
 * `open_intents` names the rows of `entries` that are not closed yet; it changes in the same transaction as `entries`.
 * `spent` also has the MACs of approved rows that are obsolete, as `approval/MAC`.
 */
const logTables = `
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    change_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    owner TEXT NOT NULL,
    provider TEXT NOT NULL,
    connection TEXT NOT NULL,
    user_id TEXT NOT NULL,
    body TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_by_change ON entries (change_id);
  CREATE INDEX entries_by_user ON entries (user_id);
  CREATE INDEX moves_by_person ON entries (user_id, provider, connection) WHERE kind <> 'attempt';
  CREATE INDEX results_by_outcome ON entries (outcome) WHERE kind <> 'opened';
  CREATE INDEX results_by_provider ON entries (provider) WHERE kind <> 'opened';
  CREATE INDEX entries_by_time ON entries (at);

  CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  INSERT INTO head (id, seq, hash) VALUES (1, 0, '${genesis}');

  CREATE TABLE open_intents (seq INTEGER PRIMARY KEY, change_id TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE spent (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
  CREATE INDEX spent_by_expiry ON spent (expires_at);

  CREATE TABLE images (change_id TEXT PRIMARY KEY, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  CREATE INDEX images_by_expiry ON images (expires_at);

  PRAGMA application_id = ${applicationId};
`;

/** `number` is the order in which requests were made. */
const approvalTables = `
  CREATE TABLE approvals (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    request_key TEXT NOT NULL,
    state TEXT NOT NULL,
    caller TEXT NOT NULL,
    provider TEXT NOT NULL,
    connection TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    needed INTEGER NOT NULL,
    decisions TEXT NOT NULL,
    view BLOB NOT NULL,
    secret BLOB
  ) STRICT;
  CREATE INDEX approvals_by_digest ON approvals (digest);
  CREATE INDEX approvals_by_request ON approvals (request_key);
  CREATE INDEX approvals_by_state ON approvals (state);
  CREATE INDEX approvals_by_expiry ON approvals (expires_at);

  CREATE TABLE approvers (
    name TEXT PRIMARY KEY,
    verifier TEXT NOT NULL,
    created_at TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until INTEGER NOT NULL
  ) STRICT;
`;

/**
 * Fewer pages to write for each entry: one index of users instead of two, no index that repeats a key, and before-images
 * found by the entry that opened their change.
 */
const leanerLog = `
  DROP INDEX moves_by_person;
  DROP INDEX entries_by_user;
  CREATE INDEX entries_by_person ON entries (user_id, provider, connection);
  DROP INDEX entries_by_time;
  CREATE INDEX results_by_time ON entries (at, kind) WHERE kind <> 'opened';

  CREATE TABLE open_seqs (seq INTEGER PRIMARY KEY) STRICT;
  INSERT INTO open_seqs SELECT seq FROM open_intents;
  DROP TABLE open_intents;
  ALTER TABLE open_seqs RENAME TO open_intents;

  CREATE TABLE images_by_seq (seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  INSERT INTO images_by_seq
    SELECT e.seq, i.sealed, i.expires_at FROM images i JOIN entries e ON e.change_id = i.change_id AND e.kind = 'opened';
  DROP TABLE images;
  ALTER TABLE images_by_seq RENAME TO images;
  CREATE INDEX images_by_expiry ON images (expires_at);
`;

/** Values tried for masked fields; key and value are HMACs. */
const guessTable = `
  CREATE TABLE guesses (
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (key, value)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX guesses_by_time ON guesses (at);
`;

/** The MACs of the head, of approvals and of approvers; filled in by `signAll`. */
const macColumns = `
  ALTER TABLE head ADD COLUMN mac TEXT NOT NULL DEFAULT '';
  ALTER TABLE head ADD COLUMN breaks TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE approvals ADD COLUMN mac TEXT NOT NULL DEFAULT '';
  ALTER TABLE approvers ADD COLUMN mac TEXT NOT NULL DEFAULT '';
`;

/**
 * The change that used an approval, the key by which a no is found again, and the order in which requests are shown.
 */
const approvalFacts = `
  ALTER TABLE approvals ADD COLUMN change_key TEXT NOT NULL DEFAULT '';
  ALTER TABLE approvals ADD COLUMN change_id TEXT;
  CREATE INDEX declined_by_change ON approvals (change_key) WHERE state = 'declined';
  CREATE INDEX pending_by_caller ON approvals (caller) WHERE state = 'pending';
  CREATE INDEX approvals_by_time_left ON approvals (state, expires_at, id);
  ALTER TABLE approvers ADD COLUMN principals TEXT NOT NULL DEFAULT '[]';
`;

/**
 * What an approver may decide on, as a JSON list of `PROVIDER:EFFECT`; those of earlier versions may decide on all. The
 * last sign-in is empty for approvers with a passphrase.
 */
const approverRights = `
  ALTER TABLE approvers ADD COLUMN may TEXT NOT NULL DEFAULT '["*:*"]';
  ALTER TABLE approvers ADD COLUMN signed_in_at TEXT NOT NULL DEFAULT '';
`;

/**
 * How far each target of notices has come in the audit log, and which process delivers to it. `expiries` has the
 * requests for approval whose expiry nobody has looked at yet. What expired under an earlier version is left out: it is not
 * news, and as nothing signed it, it would be reported as altered.
 */
const noticeTables = `
  CREATE TABLE expiries (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX expiries_by_time ON expiries (expires_at);
  INSERT INTO expiries
    SELECT id, expires_at FROM approvals WHERE state IN ('pending', 'approved') AND expires_at > unixepoch() * 1000;

  CREATE TABLE notice_targets (
    target TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failing_since INTEGER,
    next_at INTEGER NOT NULL,
    holder TEXT NOT NULL,
    held_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * What finds entries without reading their bodies: `entry_keys` by keyed hashes of e-mail addresses, `activity` how many
 * changes ended per day. Both change in the transaction that appends an entry, and can be made again from `entries`.
 */
const searchTables = `
  CREATE TABLE entry_keys (key TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (key, seq)) STRICT, WITHOUT ROWID;

  CREATE TABLE activity (
    day TEXT NOT NULL,
    provider TEXT NOT NULL,
    outcome TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, provider, outcome)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO activity
    SELECT substr(at, 1, 10), provider, outcome, count(*) FROM entries
    WHERE kind IN ('closed', 'attempt') AND outcome <> '${LOOKED_UP}' GROUP BY 1, 2, 3;
`;

/**
 * Batches of changes that wait for an approval or are under way. The bytes are sealed: they hold what is to be written.
 * `holder` is the process that carries a batch out, empty if none does.
 */
const batchTables = `
  CREATE TABLE sealed_batches (
    id TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    header BLOB NOT NULL,
    holder TEXT NOT NULL,
    held_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sealed_batches_by_expiry ON sealed_batches (expires_at);

  CREATE TABLE batch_parts (
    batch_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (batch_id, number)
  ) STRICT;
`;

/** The n-th migrates from format n to format n + 1; an empty file has format 0. Never edit one that was released. */
export const migrations: readonly string[] = [
  logTables,
  approvalTables,
  leanerLog,
  guessTable,
  macColumns,
  approvalFacts,
  approverRights,
  noticeTables,
  searchTables,
  batchTables,
];
