import { namesIn } from '../../interpret/template.ts';
import { type FileDraft, settingsOfKind } from '../draft.ts';
import type { ReportFault } from '../faults.ts';
import { hasStrayBraces, namesFault } from '../templates.ts';

/** Headers that frame a message, choose its host or its format, or belong to the connection: the program sets them. */
const FORBIDDEN = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'cookie2',
  'date',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'if-match',
  'if-none-match',
  'keep-alive',
  'origin',
  'range',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
]);

const FORBIDDEN_PREFIX = /^(?:proxy-|sec-|x-forwarded-|x-http-method|x-method-override)/;

/** A header of a file can neither change how the request is read, nor bring in another header. */
export function checkHeaders(draft: FileDraft, report: ReportFault): void {
  const { headers = {}, auth, find = [] } = draft.file;
  checkAll(draft, ['headers'], headers, report);
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === 'authorization') report(['headers', name], 'belongs to auth');
  }
  checkAll(draft, ['auth', 'headers'], auth?.headers ?? {}, report);
  for (const [index, { headers: own = {} }] of find.entries()) {
    const path = ['find', index, 'headers'];
    checkAll(draft, path, own, report);
    for (const [name, value] of Object.entries(own)) {
      if (namesIn(value).length > 0)
        report([...path, name], 'a header of a look-up is sent as it is written, without settings');
      if (name.toLowerCase() === 'authorization') report([...path, name], 'belongs to auth');
    }
  }
  checkCredentials(draft, report);
}

function checkCredentials(draft: FileDraft, report: ReportFault): void {
  const { basic, clientCredentials } = draft.file.auth ?? {};
  const { tokenUrl: _, ...client } = clientCredentials ?? {}; // an address
  const texts: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
    basic: { ...basic },
    clientCredentials: client,
  };
  for (const [way, parts] of Object.entries(texts)) {
    for (const [key, text = ''] of Object.entries(parts)) {
      const fault = namesFault(text, draft.names.settings) ?? strayFault(text);
      if (fault !== undefined) report(['auth', way, key], fault);
    }
  }
  // RFC 7617 section 2: a colon would end the user.
  if (basic && basic.user.replace(/\{\w+\}/g, '').includes(':'))
    report(['auth', 'basic', 'user'], 'must not contain a colon');
  for (const key of ['scope', 'clientId'] as const) {
    const named = namesIn(clientCredentials?.[key] ?? '');
    const secret = named.find((name) => settingsOfKind(draft, 'secret').includes(name));
    if (secret !== undefined)
      report(['auth', 'clientCredentials', key], `{${secret}} is a secret, which only clientSecret is`);
  }
}

function checkAll(
  draft: FileDraft,
  path: readonly (string | number)[],
  headers: Readonly<Record<string, string>>,
  report: ReportFault,
): void {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (FORBIDDEN.has(lower) || FORBIDDEN_PREFIX.test(lower))
      report([...path, name], 'is a header that a file cannot set');
    if (seen.has(lower)) report([...path, name], 'is given twice, in another case');
    seen.add(lower);
    const fault = namesFault(value, draft.names.settings) ?? strayFault(value);
    if (fault !== undefined) report([...path, name], fault);
    // RFC 9110 section 5.5
    else if (/[^\t\x20-\x7e]/.test(value)) report([...path, name], 'has a character that a header cannot have');
  }
}

function strayFault(text: string): string | undefined {
  return hasStrayBraces(text) ? 'has a brace that encloses no name' : undefined;
}
