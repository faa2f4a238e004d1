import type { Signed } from '../approval-mac.ts';
import { parseDecisions, parsePrincipals } from '../approval-rules.ts';
import type { ApprovalDecision, ApprovalRow, ApprovalState, ApproverRow } from '../approvals.ts';
import type { SqliteValue } from './driver.ts';
import { column, toBytes, toText } from './rows.ts';

const texts = [
  'id',
  'digest',
  'request_key',
  'change_key',
  'state',
  'caller',
  'provider',
  'connection',
  'user_id',
  'created_at',
  'decisions',
  'mac',
] as const;
const others = ['expires_at', 'needed', 'view', 'secret', 'change_id'] as const;

/** The columns an approval is written to, in the order of `toApprovalValues`. */
export const approvalColumns = [...texts, ...others].join(', ');

/** The columns an approval is read from; texts as bytes for the reason that `entryBytes` names. */
export const approvalBytes = asBytes(texts, others);

export const approverBytes = asBytes(['name', 'verifier', 'principals', 'created_at', 'mac'], []);

export function toApprovalValues(row: Signed<ApprovalRow>): SqliteValue[] {
  return [
    row.id,
    row.digest,
    row.requestKey,
    row.changeKey ?? '',
    row.state,
    row.caller,
    row.provider,
    row.connection,
    row.userId,
    row.createdAt,
    toDecisionsText(row.decisions),
    row.mac,
    row.expiresAt,
    row.needed,
    row.view,
    row.secret ?? null,
    row.changeId ?? null,
  ];
}

/** A row of `approvalBytes`; undefined when there is none. */
export function toApproval(found: unknown): Signed<ApprovalRow> | undefined {
  if (found === undefined) return undefined;
  const text = (name: (typeof texts)[number]): string => toText(column(found, name));
  const secret = column(found, 'secret');
  const changeId = column(found, 'change_id');
  const changeKey = text('change_key');
  return {
    id: text('id'),
    digest: text('digest'),
    requestKey: text('request_key'),
    // Written by this program only; a state it does not know counts as none of those that allow anything.
    state: text('state') as ApprovalState,
    caller: text('caller'),
    provider: text('provider'),
    connection: text('connection'),
    userId: text('user_id'),
    createdAt: text('created_at'),
    expiresAt: Number(column(found, 'expires_at')),
    needed: Number(column(found, 'needed')),
    decisions: parseDecisions(text('decisions')),
    mac: text('mac'),
    view: toBytes(column(found, 'view')),
    ...(secret === null ? {} : { secret: toBytes(secret) }),
    ...(changeKey !== '' && { changeKey }),
    ...(changeId === null ? {} : { changeId: String(changeId) }),
  };
}

/** A row of `approverBytes`. */
export function toApprover(found: unknown): Signed<ApproverRow> {
  return {
    name: toText(column(found, 'name')),
    verifier: toText(column(found, 'verifier')),
    principals: parsePrincipals(toText(column(found, 'principals'))),
    createdAt: toText(column(found, 'created_at')),
    mac: toText(column(found, 'mac')),
  };
}

export function toDecisionsText(decisions: readonly ApprovalDecision[]): string {
  return JSON.stringify(decisions);
}

function asBytes(names: readonly string[], plain: readonly string[]): string {
  return [...names.map((name) => `CAST(a.${name} AS BLOB) AS ${name}`), ...plain.map((name) => `a.${name}`)].join(', ');
}
