import { parseDecisions, parseTexts } from '../approval/rules.ts';
import type { Signed } from '../approval/signer.ts';
import type { ApprovalDecision, ApprovalRow, ApprovalState, ApproverRow } from '../approvals.ts';
import type { Dialect, Row, Value } from './dialect.ts';

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

/** The columns an approval is written to, in the order of `toApprovalValues`. */
export const approvalColumns = [...texts, 'expires_at', 'needed', 'view', 'secret', 'change_id'] as const;

export function toApprovalValues(row: Signed<ApprovalRow>): Value[] {
  const { id, digest, requestKey, changeKey = '', state, caller, provider, connection, userId, createdAt } = row;
  return [
    ...[id, digest, requestKey, changeKey, state, caller, provider, connection, userId, createdAt],
    toDecisionsText(row.decisions),
    row.mac,
    row.expiresAt,
    row.needed,
    row.view,
    row.secret ?? null,
    row.changeId ?? null,
  ];
}

/** Selects the columns of an approval from the table alias `a`. */
export function selectApproval({ selectText, selectBytes }: Dialect): string {
  return [
    ...texts.map((name) => selectText('a', name)),
    'a.expires_at AS expires_at',
    'a.needed AS needed',
    selectBytes('a', 'view'),
    selectBytes('a', 'secret'),
    'a.change_id AS change_id',
  ].join(', ');
}

/** A row of `selectApproval`. */
export function toApproval(row: Row, { toText, toBytes }: Dialect): Signed<ApprovalRow> {
  const text = (name: (typeof texts)[number]): string => toText(row[name]);
  const changeKey = text('change_key');
  return {
    id: text('id'),
    digest: text('digest'),
    requestKey: text('request_key'),
    // Written by this program only; an unknown state permits nothing.
    state: text('state') as ApprovalState,
    caller: text('caller'),
    provider: text('provider'),
    connection: text('connection'),
    userId: text('user_id'),
    createdAt: text('created_at'),
    expiresAt: Number(row['expires_at']),
    needed: Number(row['needed']),
    decisions: parseDecisions(text('decisions')),
    mac: text('mac'),
    view: toBytes(row['view']),
    ...(row['secret'] !== null && { secret: toBytes(row['secret']) }),
    ...(changeKey !== '' && { changeKey }),
    ...(row['change_id'] !== null && { changeId: String(row['change_id']) }),
  };
}

/** The columns of an approver. */
export const approverColumns = ['name', 'verifier', 'principals', 'created_at', 'mac', 'may', 'signed_in_at'] as const;

/** Selects the columns of an approver from the table alias `a`. */
export function selectApprover({ selectText }: Dialect): string {
  return approverColumns.map((name) => selectText('a', name)).join(', ');
}

/** A row of `selectApprover`. */
export function toApprover(row: Row, { toText }: Dialect): Signed<ApproverRow> {
  const signedInAt = toText(row['signed_in_at']);
  return {
    name: toText(row['name']),
    verifier: toText(row['verifier']),
    principals: parseTexts(toText(row['principals'])),
    may: parseTexts(toText(row['may'])),
    createdAt: toText(row['created_at']),
    mac: toText(row['mac']),
    ...(signedInAt !== '' && { signedInAt }),
  };
}

/** In the order of `approverColumns`. */
export function toApproverValues(row: Signed<ApproverRow>): Value[] {
  const { name, verifier, principals, createdAt, mac, may, signedInAt = '' } = row;
  return [name, verifier, JSON.stringify(principals), createdAt, mac, JSON.stringify(may), signedInAt];
}

export function toDecisionsText(decisions: readonly ApprovalDecision[]): string {
  return JSON.stringify(decisions);
}
