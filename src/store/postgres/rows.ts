import type { Signed } from '../approval-mac.ts';
import { parseDecisions, parsePrincipals } from '../approval-rules.ts';
import type { ApprovalDecision, ApprovalRow, ApprovalState, ApproverRow } from '../approvals.ts';
import { toEntry } from '../log/codec.ts';
import type { Entry, EntryKind, StoredEntry } from '../log/entry.ts';
import { parseBreaks, type SignedHead } from '../log/head.ts';
import type { Row, Value } from './connection.ts';

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
  'id, digest, request_key, change_key, state, caller, provider, connection, user_id, created_at, expires_at, needed, decisions, mac';

/** The columns an approval is written to, in the order of `toApprovalValues`. */
export const approvalColumns = `${approvalTexts}, view, secret, change_id`;

/** The columns an approval is read from. */
export const readApprovalColumns = `${approvalTexts}, ${asHex('view')}, ${asHex('secret')}, change_id`;

export function toApprovalValues(row: Signed<ApprovalRow>): Value[] {
  const { id, digest, requestKey, changeKey, state, caller } = row;
  const { provider, connection, userId, createdAt, expiresAt, needed } = row;
  const keys = [id, digest, requestKey, changeKey ?? '', state, caller];
  const facts = [provider, connection, userId, createdAt, expiresAt, needed, toDecisionsText(row.decisions)];
  return [...keys, ...facts, row.mac, row.view, row.secret ?? null, row.changeId ?? null];
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
    ...(row['change_key'] !== '' && { changeKey: String(row['change_key']) }),
    ...(row['change_id'] === null ? {} : { changeId: String(row['change_id']) }),
  };
}

export const approverColumns = 'name, verifier, principals, created_at, mac';

export function toApprover(row: Row): Signed<ApproverRow> {
  return {
    name: String(row['name']),
    verifier: String(row['verifier']),
    principals: parsePrincipals(String(row['principals'])),
    createdAt: String(row['created_at']),
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
