import { isObject, type JsonObject } from '../lib/json/json-value.ts';
import type { FieldError, Provider } from '../providers/provider.ts';
import { isTyped, spelledOut } from '../update/confirm/typed-name.ts';
import type { Connection } from '../update/types.ts';
import type { ApproverDecision } from './approval.ts';
import {
  type ApprovalSnapshot,
  contestedText,
  isBatchSnapshot,
  type PersonChange,
  peopleIn,
  type RequestSnapshot,
} from './snapshot.ts';

/** The connections and providers of the configuration. */
interface Known {
  connections: readonly Connection[];
  providers: readonly Provider[];
}

/**
 * Returns the faults to correct before a yes counts; never quotes the input. `askFor` lists the secrets still to be
 * typed: none once another approver has typed them.
 */
export function validateDecision(
  known: Known,
  snapshot: RequestSnapshot,
  askFor: readonly string[],
  decision: ApproverDecision,
): FieldError[] {
  const errors: FieldError[] = [];
  if (snapshot.typed !== undefined && !isTyped(decision.typed, snapshot.typed)) {
    errors.push({ field: 'typed', message: `does not match; type ${spelledOut(snapshot.typed)}` });
  }
  const contested = contestedText(snapshot);
  if (contested !== undefined && !decision.overwrite) {
    errors.push({ field: 'overwrite', message: `tick it to overwrite ${contested}, or decline` });
  }
  if (!peopleIn(snapshot).every((one) => providerOf(known, one))) {
    return [...errors, { field: 'connection', message: 'is for a service that this version does not know' }];
  }
  return isBatchSnapshot(snapshot) ? errors : [...errors, ...validateSecrets(known, snapshot, askFor, decision)];
}

function validateSecrets(
  known: Known,
  snapshot: ApprovalSnapshot,
  askFor: readonly string[],
  decision: ApproverDecision,
): FieldError[] {
  const errors: FieldError[] = [];
  const provider = providerOf(known, snapshot);
  const secrets: JsonObject = {};
  for (const field of askFor) {
    const secret = decision.secrets?.[field] ?? '';
    const parsed = provider?.fields[field]?.schema.safeParse(secret, { reportInput: false });
    if (secret === '') errors.push({ field, message: 'is missing' });
    else if (!secret.isWellFormed()) errors.push({ field, message: 'has a broken surrogate pair' });
    else if (!parsed) errors.push({ field, message: 'is no longer a field' });
    else if (!parsed.success) errors.push({ field, message: parsed.error.issues.map(issueMessage).join('; ') });
    else secrets[field] = secret;
  }
  const typed = new Set(Object.keys(secrets));
  if (typed.size === 0) return errors;
  const after = { ...snapshot.record, ...plannedValues(snapshot), ...secrets };
  const broken = (provider?.rules ?? []).flatMap((rule) => rule(after, typed, snapshot.record) ?? []);
  return [...errors, ...broken.filter(({ field }) => typed.has(field))];
}

/**
 * Uses the connected provider, or that of the configuration: an approver's process writes nothing, so it may run without the
 * credentials of the connection.
 */
function providerOf(
  { connections, providers }: Known,
  change: Pick<PersonChange, 'provider' | 'connection'>,
): Provider | undefined {
  const configured = connections.find(
    ({ name, provider }) => name === change.connection && provider.id === change.provider,
  );
  return configured?.provider ?? providers.find(({ id }) => id === change.provider);
}

function issueMessage(issue: { code?: string; minimum?: unknown; maximum?: unknown; message: string }): string {
  if (issue.code === 'too_small') return `must have at least ${issue.minimum} characters`;
  if (issue.code === 'too_big') return `may have at most ${issue.maximum} characters`;
  return issue.message.replace(/^Invalid (input|string): /, '');
}

/** The other fields of the same change: a password may not contain the new user name either. */
function plannedValues(snapshot: ApprovalSnapshot): JsonObject {
  const plain = snapshot.changes.filter(
    ({ field, after }) => !snapshot.askFor.includes(field) && (typeof after !== 'object' || isObject(after)),
  );
  return Object.fromEntries(plain.map(({ field, after }) => [field, (after ?? null) as JsonObject[string]]));
}
