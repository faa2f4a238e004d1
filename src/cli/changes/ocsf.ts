import manifest from '../../../package.json' with { type: 'json' };
import type { EntryBody, ListedChange, RecordedField } from '../../store/log/entry.ts';

/**
 * Changes as events of the Open Cybersecurity Schema Framework, class Account Change
 * (https://schema.ocsf.io/1.8.0/classes/account_change). What the class has no attribute for is in `unmapped`.
 */

const SCHEMA_VERSION = '1.8.0';
/** Identity & Access Management. */
const CATEGORY = 3;
const CLASS = 3001;

export function toOcsf(change: ListedChange): Record<string, unknown> {
  const { body } = change;
  const activity = activityOf(body.fields);
  const status = statusOf(change);
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: CATEGORY,
    category_name: 'Identity & Access Management',
    class_uid: CLASS,
    class_name: 'Account Change',
    type_uid: CLASS * 100 + activity.id,
    type_name: `Account Change: ${activity.id === OTHER ? 'Other' : activity.name}`,
    severity_id: status.severity.id,
    severity: status.severity.name,
    status_id: status.id,
    status: status.name,
    ...(body.code !== undefined && { status_code: body.code }),
    ...given('status_detail', body.detail ?? body.message),
    time: Date.parse(change.at),
    message: messageOf(change),
    metadata: {
      version: SCHEMA_VERSION,
      product: { name: manifest.name, vendor_name: manifest.name, version: manifest.version },
      log_name: 'audit',
      // The hash names one entry for good; a change that ends later is another event of the same change.
      uid: change.hash,
      original_event_uid: change.changeId,
      original_time: change.at,
      sequence: change.seq,
      ...given('correlation_uid', body.batchId ?? body.approvalId),
    },
    actor: {
      user: { uid: body.caller, name: body.caller },
      ...given('app_name', body.client),
    },
    user: { uid: change.userId, type_id: 1, type: 'User', account: { name: change.connection } },
    unmapped: {
      provider: change.provider,
      connection: change.connection,
      outcome: change.open ? 'open' : change.outcome,
      tool: body.tool,
      changes: body.fields,
      ...given('collateral', body.collateral),
      ...given('stripped', body.stripped),
      ...given('reason', body.reason),
      ...given('approved_by', body.approvedBy),
      ...given('declined_by', body.declinedBy),
      ...given('verdict', body.verdict),
      ...given('rule', body.ruleName ?? body.rule),
      ...given('approval_id', body.approvalId),
      ...given('batch_id', body.batchId),
      ...given('undoes', body.undoes),
    },
  };
}

function given(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

function messageOf({ provider, userId, outcome, open, body }: ListedChange): string {
  const fields = body.fields.map(({ field }) => field).slice(0, 10);
  const what = fields.length === 0 ? 'an update' : fields.join(', ');
  return `${body.caller}: ${what} of user ${userId} at ${provider}: ${open ? 'open' : outcome}`;
}

interface Activity {
  id: number;
  name: string;
}

const OTHER = 99;

/** In order of weight: a change of several kinds is reported as the first of them. */
const ACTIVITIES: readonly (Activity & { fits(field: RecordedField): boolean })[] = [
  { id: 6, name: 'Delete', fits: (field) => isLifecycle(field) && isDeletion(field) },
  { id: 5, name: 'Disable', fits: (field) => isLifecycle(field) && !isDeletion(field) && takesAccess(field) },
  { id: 2, name: 'Enable', fits: (field) => isLifecycle(field) && givesAccess(field) },
  { id: 3, name: 'Password Change', fits: ({ effect }) => effect === 'secret' },
  { id: 8, name: 'Detach Policy', fits: ({ effect, after }) => effect === 'access' && isNone(after) },
  { id: 7, name: 'Attach Policy', fits: ({ effect, before }) => effect === 'access' && isNone(before) },
  { id: OTHER, name: 'Change Access', fits: ({ effect }) => effect === 'access' },
  { id: OTHER, name: 'Change Identity', fits: ({ effect }) => effect === 'identity' },
  { id: OTHER, name: 'Change Lifecycle', fits: isLifecycle },
];

function activityOf(fields: EntryBody['fields']): Activity {
  return ACTIVITIES.find(({ fits }) => fields.some(fits)) ?? { id: OTHER, name: 'Update' };
}

function isLifecycle({ effect }: RecordedField): boolean {
  return effect === 'lifecycle';
}

/** By name and value, which are public: an entry does not say which way a field takes access. */
function isDeletion({ field, after }: RecordedField): boolean {
  const value: unknown = after;
  return /delet/i.test(field) && value === true;
}

function takesAccess({ field, after }: RecordedField): boolean {
  if (/terminat/i.test(field)) return !isNone(after);
  const value: unknown = after;
  return !/delet/i.test(field) && (value === false || (typeof value === 'string' && DISABLED.test(value)));
}

function givesAccess({ field, after }: RecordedField): boolean {
  if (/terminat/i.test(field)) return isNone(after);
  const value: unknown = after;
  if (/delet/i.test(field)) return value === false;
  return value === true || (typeof value === 'string' && ENABLED.test(value));
}

const DISABLED = /^(?:inactive|deactivated|disabled|suspended|blocked|archived|terminated)$/i;
const ENABLED = /^(?:active|activated|enabled)$/i;

function isNone(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

interface Status {
  id: number;
  name: string;
  severity: { id: number; name: string };
}

const [INFORMATIONAL, LOW, MEDIUM] = [
  { id: 1, name: 'Informational' },
  { id: 2, name: 'Low' },
  { id: 3, name: 'Medium' },
];

/** What is not certain is neither a success nor a failure. */
function statusOf({ outcome, open, body }: ListedChange): Status {
  const isOrdinary = body.fields.every(({ effect }) => effect === 'ordinary');
  if (open || outcome === 'unverified') return { id: 0, name: 'Unknown', severity: MEDIUM };
  if (outcome === 'updated') return { id: 1, name: 'Success', severity: isOrdinary ? INFORMATIONAL : LOW };
  if (FAILURES.has(outcome)) return { id: 2, name: 'Failure', severity: LOW };
  return { id: OTHER, name: outcome, severity: INFORMATIONAL };
}

const FAILURES: ReadonlySet<string> = new Set(['refused', 'denied', 'conflict', 'failed']);
