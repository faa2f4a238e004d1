import { genesis } from '../log/hash-chain.ts';
import { LOOKED_UP } from '../store.ts';
import type { TableNames } from './dialect.ts';

/** The n-th migrates from format n to format n + 1; an empty schema has format 0. Never edit one that was released. */
export const migrations: ((tables: TableNames) => string)[] = [
  makeTables,
  addGuesses,
  addMacs,
  addApprovalFacts,
  keepEarlierOut,
  addApproverRights,
  addNotices,
  addSearch,
  addSealedBatches,
];
/** The format this version writes. */
export const format = migrations.length;
/** The first format whose rows are signed. */
export const signedFormat = 3;

/**
 * The tables are those of SQLite, whose schema explains them. `writers`, later `batches`, has the last committed batch
 * of each process: it shows whether a commit with a lost response succeeded. Times come from the instances' clocks, in
 * ms or as ISO 8601. Text compares bytewise in any database locale, since it is compared to hashes and times.
 */
function makeTables(tables: TableNames): string {
  const text = 'text COLLATE "C" NOT NULL';
  return `
    CREATE TABLE ${tables.format} (version integer NOT NULL);
    INSERT INTO ${tables.format} VALUES (0);

    CREATE TABLE ${tables.schema}.writers (id text PRIMARY KEY, batch bigint NOT NULL, at bigint NOT NULL);

    CREATE TABLE ${tables.entries} (
      seq bigint PRIMARY KEY,
      change_id ${text},
      kind ${text},
      at ${text},
      outcome ${text},
      owner ${text},
      provider ${text},
      connection ${text},
      user_id ${text},
      body ${text},
      prev ${text},
      hash ${text}
    );
    CREATE INDEX entries_by_change ON ${tables.entries} (change_id, seq);
    CREATE INDEX entries_by_user ON ${tables.entries} (user_id, seq);
    CREATE INDEX moves_by_person ON ${tables.entries} (user_id, provider, connection, seq) WHERE kind <> 'attempt';
    CREATE INDEX results_by_outcome ON ${tables.entries} (outcome, seq) WHERE kind <> 'opened';
    CREATE INDEX results_by_provider ON ${tables.entries} (provider, seq) WHERE kind <> 'opened';
    CREATE INDEX entries_by_time ON ${tables.entries} (at, seq);

    CREATE TABLE ${tables.head} (id integer PRIMARY KEY CHECK (id = 1), seq bigint NOT NULL, hash ${text});
    INSERT INTO ${tables.head} (id, seq, hash) VALUES (1, 0, '${genesis}');

    CREATE TABLE ${tables.open_intents} (seq bigint PRIMARY KEY, change_id ${text} UNIQUE);

    CREATE TABLE ${tables.spent} (id ${text} PRIMARY KEY, expires_at bigint NOT NULL);
    CREATE INDEX spent_by_expiry ON ${tables.spent} (expires_at);

    CREATE TABLE ${tables.images} (change_id ${text} PRIMARY KEY, sealed bytea NOT NULL, expires_at bigint NOT NULL);
    CREATE INDEX images_by_expiry ON ${tables.images} (expires_at);

    CREATE TABLE ${tables.approvals} (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id ${text} UNIQUE,
      digest ${text},
      request_key ${text},
      state ${text},
      caller ${text},
      provider ${text},
      connection ${text},
      user_id ${text},
      created_at ${text},
      expires_at bigint NOT NULL,
      needed integer NOT NULL,
      decisions ${text},
      view bytea NOT NULL,
      secret bytea
    );
    CREATE INDEX approvals_by_digest ON ${tables.approvals} (digest, number);
    CREATE INDEX approvals_by_request ON ${tables.approvals} (request_key, number);
    CREATE INDEX approvals_by_state ON ${tables.approvals} (state, number);
    CREATE INDEX approvals_by_expiry ON ${tables.approvals} (expires_at);

    CREATE TABLE ${tables.approvers} (
      name ${text} PRIMARY KEY,
      verifier ${text},
      created_at ${text},
      failures integer NOT NULL,
      locked_until bigint NOT NULL
    );
  `;
}

/** Values tried for masked fields; key and value are HMACs. */
function addGuesses(tables: TableNames): string {
  const text = 'text COLLATE "C" NOT NULL';
  return `
    CREATE TABLE ${tables.guesses} (key ${text}, value ${text}, at bigint NOT NULL, PRIMARY KEY (key, value));
    CREATE INDEX guesses_by_time ON ${tables.guesses} (at);
  `;
}

/** The MACs of the head, of approvals and of approvers; filled in by `signAll`. */
function addMacs(tables: TableNames): string {
  const mac = `mac text COLLATE "C" NOT NULL DEFAULT ''`;
  return `
    ALTER TABLE ${tables.head} ADD COLUMN ${mac}, ADD COLUMN breaks text COLLATE "C" NOT NULL DEFAULT '[]';
    ALTER TABLE ${tables.approvals} ADD COLUMN ${mac};
    ALTER TABLE ${tables.approvers} ADD COLUMN ${mac};
  `;
}

/**
 * The change that used an approval, the key by which a no is found again, and the order in which requests are shown.
 */
function addApprovalFacts(tables: TableNames): string {
  return `
    ALTER TABLE ${tables.approvals} ADD COLUMN change_key text COLLATE "C" NOT NULL DEFAULT '',
      ADD COLUMN change_id text COLLATE "C";
    CREATE INDEX declined_by_change ON ${tables.approvals} (change_key, number) WHERE state = 'declined';
    CREATE INDEX pending_by_caller ON ${tables.approvals} (caller) WHERE state = 'pending';
    CREATE INDEX approvals_by_time_left ON ${tables.approvals} (state, expires_at, id);
    ALTER TABLE ${tables.approvers} ADD COLUMN principals text COLLATE "C" NOT NULL DEFAULT '[]';
  `;
}

/**
 * Earlier versions refer to `writers` in each of their transactions: one that was not detected can no longer write
 * here.
 */
function keepEarlierOut(tables: TableNames): string {
  return `ALTER TABLE ${tables.schema}.writers RENAME TO batches;`;
}

/** What an approver may decide on, and the last sign-in, as in SQLite, whose schema explains it. */
function addApproverRights(tables: TableNames): string {
  return `
    ALTER TABLE ${tables.approvers} ADD COLUMN may text COLLATE "C" NOT NULL DEFAULT '["*:*"]';
    ALTER TABLE ${tables.approvers} ADD COLUMN signed_in_at text COLLATE "C" NOT NULL DEFAULT '';
  `;
}

/** How far each target of notices has come, and which expiries are to be logged, as in SQLite, whose schema explains it. */
function addNotices(tables: TableNames): string {
  return `
    CREATE TABLE ${tables.expiries} (id text COLLATE "C" PRIMARY KEY, expires_at bigint NOT NULL);
    CREATE INDEX expiries_by_time ON ${tables.expiries} (expires_at);
    INSERT INTO ${tables.expiries}
      SELECT id, expires_at FROM ${tables.approvals}
      WHERE state IN ('pending', 'approved') AND expires_at > extract(epoch FROM now()) * 1000;

    CREATE TABLE ${tables.notice_targets} (
      target text COLLATE "C" PRIMARY KEY,
      seq bigint NOT NULL,
      attempts integer NOT NULL,
      failing_since bigint,
      next_at bigint NOT NULL,
      holder text COLLATE "C" NOT NULL,
      held_until bigint NOT NULL
    );
  `;
}

/** What finds entries without reading their bodies, as in SQLite, whose schema explains it. */
function addSearch(tables: TableNames): string {
  const text = 'text COLLATE "C" NOT NULL';
  return `
    CREATE TABLE ${tables.entry_keys} (key ${text}, seq bigint NOT NULL, PRIMARY KEY (key, seq));

    CREATE TABLE ${tables.activity} (
      day ${text}, provider ${text}, outcome ${text}, count bigint NOT NULL, PRIMARY KEY (day, provider, outcome)
    );
    INSERT INTO ${tables.activity}
      SELECT substr(at, 1, 10), provider, outcome, count(*) FROM ${tables.entries}
      WHERE kind IN ('closed', 'attempt') AND outcome <> '${LOOKED_UP}' GROUP BY 1, 2, 3;
  `;
}

/** Batches of changes, as in SQLite, whose schema explains them; `batches` has another meaning here. */
function addSealedBatches(tables: TableNames): string {
  const text = 'text COLLATE "C" NOT NULL';
  return `
    CREATE TABLE ${tables.sealed_batches} (
      id ${text} PRIMARY KEY, expires_at bigint NOT NULL, header bytea NOT NULL, holder ${text}, held_at bigint NOT NULL
    );
    CREATE INDEX sealed_batches_by_expiry ON ${tables.sealed_batches} (expires_at);

    CREATE TABLE ${tables.batch_parts} (
      batch_id ${text}, number integer NOT NULL, sealed bytea NOT NULL, PRIMARY KEY (batch_id, number)
    );
  `;
}
