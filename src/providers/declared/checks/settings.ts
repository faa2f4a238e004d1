import { namesIn } from '../../interpret/template.ts';
import { type FileDraft, settingsOfKind } from '../draft.ts';
import type { ReportFault } from '../faults.ts';
import { isForbiddenName } from '../pointer.ts';
import { variableOf } from '../variables.ts';

/** Keys of a connection that mean something else, and names that templates give a meaning of their own. */
const RESERVED = ['provider', 'clearable', 'connection', 'dialect', 'tokenUrl', 'userId', 'query'];

export function checkSettings(draft: FileDraft, report: ReportFault): void {
  const { settings = {}, baseUrl, headers, auth, read, write, find, probe } = draft.file;
  const variables = new Map<string, string>();
  for (const [name, { kind, optional }] of Object.entries(settings)) {
    const path = ['settings', name];
    if (RESERVED.includes(name) || isForbiddenName(name))
      report(path, 'has a meaning of its own in a connection; choose another name');
    if (name === 'baseUrl' && (kind !== 'url' || optional)) {
      report(path, 'baseUrl is where the API is: expected the kind url, and not optional');
    }
    const variable = variableOf('x', name);
    const other = variables.get(variable);
    if (other !== undefined) report(path, `has the same environment variable as "${other}"`);
    variables.set(variable, name);
  }
  const used = new Set(textsIn([baseUrl, headers, auth, read, write, find, probe]).flatMap((text) => namesIn(text)));
  const isWhole = [baseUrl, auth, read, write, find, probe].every((section) => section !== undefined);
  for (const name of Object.keys(settings)) {
    if (isWhole && !used.has(name)) report(['settings', name], 'is used nowhere');
  }
  checkAuth(draft, report);
}

function checkAuth(draft: FileDraft, report: ReportFault): void {
  const { auth, settings } = draft.file;
  if (!auth) return;
  const ways = Object.keys(auth);
  if (ways.length !== 1) report(['auth'], 'expected one of headers, basic and clientCredentials');
  if (!settings) return;
  const secrets = settingsOfKind(draft, 'secret');
  const isSecret = textsIn(auth).some((text) => namesIn(text).some((name) => secrets.includes(name)));
  if (!isSecret) report(['auth'], 'names no setting of kind secret; a credential is one');
}

/** Every text in a value, at any depth. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
