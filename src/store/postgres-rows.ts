import type { Signed } from './approval-mac.ts';
import { parseDecisions } from './approval-rules.ts';
import type { ApprovalDecision, ApprovalRow, ApprovalState, ApproverRow } from './approvals.ts';
import { type StoredEntry, toEntry } from './body-text.ts';
import { parseBreaks, type SignedHead } from './head.ts';
import type { Row, Value } from './postgres-connect.ts';
import type { Entry, EntryKind } from './store.ts';

/** The columns an `Entry` is written to and read from, in the order of `toValues`. */
export const entryColumns = 'seq, change_id, kind, at, outcome, owner, provider, connection, user_id, body, prev, hash';

export function toValues(row: StoredEntry): Value[] {
  const { seq, changeId, kind, at, outcome, owner, provider, connection, userId, bodyText, prev, hash } = row;
  return [seq, changeId, kind, at, outcome, owner, provider, connection, userId, bodyText, prev, hash];
}

/** A row of `entryColumns`. What was altered in the database is read as it is, never refused. */
export function fromRow(row: Row): Entry {
  return toEntry({
    seq: Number(row['seq']),
    changeId: String(row['change_id']),
    // An altered kind stays visible as what it is; the hash tells.
    kind: String(row['kind']) as EntryKind,
    at: String(row['at']),
    outcome: String(row['outcome']),
    owner: String(row['owner']),
    provider: String(row['provider']),
    connection: String(row['connection']),
    userId: String(row['user_id']),
    bodyText: String(row['body']),
    prev: String(row['prev']),
    hash: String(row['hash']),
  });
}

export const headColumns = 'seq, hash, mac, breaks';

/** A row of `headColumns`; undefined where the database lost it. */
export function toHead(row: Row | undefined): SignedHead | undefined {
  if (!row || typeof row['hash'] !== 'string') return undefined;
  return {
    seq: Number(row['seq']),
    hash: row['hash'],
    mac: String(row['mac']),
    breaks: parseBreaks(String(row['breaks'])),
  };
}

const approvalTexts =
  'id, digest, request_key, state, caller, provider, connection, user_id, created_at, expires_at, needed, decisions, mac';

/** The columns an approval is written to, in the order of `toApprovalValues`. */
export const approvalColumns = `${approvalTexts}, view, secret`;

/** The columns an approval is read from. */
export const readApprovalColumns = `${approvalTexts}, ${asHex('view')}, ${asHex('secret')}`;

export function toApprovalValues(row: Signed<ApprovalRow>): Value[] {
  const { id, digest, requestKey, state, caller, provider, connection, userId, createdAt, expiresAt, needed } = row;
  const columns = [id, digest, requestKey, state, caller, provider, connection, userId, createdAt, expiresAt, needed];
  return [...columns, toDecisionsText(row.decisions), row.mac, row.view, row.secret ?? null];
}

export function toApproval(row: Row): Signed<ApprovalRow> {
  return {
    id: String(row['id']),
    digest: String(row['digest']),
    requestKey: String(row['request_key']),
    // Written by this program only; a state it does not know counts as none of those that allow anything.
    state: String(row['state']) as ApprovalState,
    caller: String(row['caller']),
    provider: String(row['provider']),
    connection: String(row['connection']),
    userId: String(row['user_id']),
    createdAt: String(row['created_at']),
    expiresAt: Number(row['expires_at']),
    needed: Number(row['needed']),
    decisions: parseDecisions(String(row['decisions'])),
    mac: String(row['mac']),
    view: toBytes(row['view']),
    ...(row['secret'] === null ? {} : { secret: toBytes(row['secret']) }),
  };
}

export const approverColumns = 'name, verifier, created_at, mac, failures, locked_until';

export function toApprover(row: Row): Signed<ApproverRow> {
  return {
    name: String(row['name']),
    verifier: String(row['verifier']),
    createdAt: String(row['created_at']),
    failures: Number(row['failures']),
    lockedUntil: Number(row['locked_until']),
    mac: String(row['mac']),
  };
}

export function toDecisionsText(decisions: readonly ApprovalDecision[]): string {
  return JSON.stringify(decisions);
}

/** How a `bytea` is read: the driver knows only one of the two forms in which a server may be set to send it. */
export function asHex(column: string): string {
  return `encode(${column}, 'hex') AS ${column}`;
}

/** A column of `asHex`. */
export function toBytes(value: unknown): Uint8Array {
  return Uint8Array.from(Buffer.from(String(value), 'hex'));
}
