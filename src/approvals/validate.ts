import { isObject, type JsonObject } from '../lib/json/json-value.ts';
import { quoteNames } from '../lib/text/quote.ts';
import { providers } from '../providers/index.ts';
import { type FieldError, type Provider } from '../providers/provider.ts';
import { isTyped, spelledOut } from '../update/confirm/typed-name.ts';
import type { Connection } from '../update/types.ts';
import type { Decision } from './service.ts';
import type { ApprovalSnapshot } from './snapshot.ts';

/**
 * What has to be put right before a yes counts; never quotes what was typed. `askFor` lists the secrets that are still
 * to be typed: none once another approver has.
 */
export function faultsOf(
  connections: readonly Connection[],
  view: ApprovalSnapshot,
  askFor: readonly string[],
  decision: Decision,
): FieldError[] {
  const faults: FieldError[] = [];
  if (view.typed !== undefined && !isTyped(decision.typed, view.typed)) {
    faults.push({ field: 'typed', message: `does not match; type ${spelledOut(view.typed)}` });
  }
  if (view.contested.length > 0 && !decision.overwrite) {
    faults.push({ field: 'overwrite', message: `tick it to overwrite ${quoteNames(view.contested)}, or decline` });
  }
  const provider = definitionOf(connections, view);
  if (!provider) return [...faults, { field: 'connection', message: 'is to a service this version does not know' }];
  const secrets: JsonObject = {};
  for (const field of askFor) {
    const secret = decision.secrets?.[field] ?? '';
    const parsed = provider.fields[field]?.schema.safeParse(secret, { reportInput: false });
    if (secret === '') faults.push({ field, message: 'is missing' });
    else if (!secret.isWellFormed()) faults.push({ field, message: 'has a broken surrogate pair' });
    else if (!parsed) faults.push({ field, message: 'is not a field any more' });
    else if (!parsed.success) faults.push({ field, message: parsed.error.issues.map(toWords).join('; ') });
    else secrets[field] = secret;
  }
  const wanted = new Set(Object.keys(secrets));
  if (wanted.size === 0) return faults;
  const after = { ...view.record, ...plannedValues(view), ...secrets };
  const broken = (provider.rules ?? []).flatMap((rule) => rule(after, wanted, view.record) ?? []);
  return [...faults, ...broken.filter(({ field }) => wanted.has(field))];
}

/**
 * What the service accepts: as this process is configured, else as every one knows it. Whoever decides writes nothing,
 * and so need not hold the credentials of the connection.
 */
function definitionOf(connections: readonly Connection[], view: ApprovalSnapshot): Provider | undefined {
  const configured = connections.find(
    ({ name, provider }) => name === view.connection && provider.id === view.provider,
  );
  return configured?.provider ?? providers.find(({ id }) => id === view.provider);
}

/** A fault of a text a person types, in a person's words. */
function toWords(issue: { code?: string; minimum?: unknown; maximum?: unknown; message: string }): string {
  if (issue.code === 'too_small') return `has to have at least ${issue.minimum} characters`;
  if (issue.code === 'too_big') return `may have at most ${issue.maximum} characters`;
  return issue.message.replace(/^Invalid (input|string): /, '');
}

/** The other fields of the same change: a password may not contain the new user name either. */
function plannedValues(view: ApprovalSnapshot): JsonObject {
  const plain = view.changes.filter(
    ({ field, after }) => !view.askFor.includes(field) && (typeof after !== 'object' || isObject(after)),
  );
  return Object.fromEntries(plain.map(({ field, after }) => [field, (after ?? null) as JsonObject[string]]));
}
