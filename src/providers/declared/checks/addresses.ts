import { isLoopback } from '../../../lib/loopback.ts';
import { namesIn } from '../../interpret/template.ts';
import { type FileDraft, settingsOfKind } from '../draft.ts';
import type { ReportFault } from '../faults.ts';
import { hasStrayBraces, namesFault } from '../templates.ts';

/** Where a connection may go: a host that the file names, or one that a setting of kind `host` or `url` names as a whole. */
export function checkAddresses(draft: FileDraft, report: ReportFault): void {
  const { baseUrl, auth } = draft.file;
  const places = [
    [['baseUrl'], baseUrl],
    [['auth', 'clientCredentials', 'tokenUrl'], auth?.clientCredentials?.tokenUrl],
  ] as const;
  for (const [path, address] of places) {
    const fault = address === undefined ? undefined : addressFault(draft, address);
    if (fault !== undefined) report(path, fault);
  }
  // A connection's own base URL takes the place of the whole template.
  if (baseUrl?.startsWith('{baseUrl}') && baseUrl !== '{baseUrl}') {
    report(['baseUrl'], 'goes on behind {baseUrl}; put that into the paths of the calls');
  }
}

function addressFault(draft: FileDraft, address: string): string | undefined {
  const secret = namesIn(address).find((name) => settingsOfKind(draft, 'secret').includes(name));
  if (secret !== undefined) return `{${secret}} is a secret, and an address is not`;
  const unknown = namesFault(address, draft.names.settings);
  if (unknown !== undefined) return unknown;
  if (hasStrayBraces(address)) return 'has a brace that encloses no name';
  if (/[?#\\@\s]/.test(address)) return 'an address has no query, fragment, user, backslash or white space';
  const { origin, rest } = splitAddress(address);
  return originFault(draft, origin) ?? restFault(draft, rest);
}

function originFault(draft: FileDraft, origin: string): string | undefined {
  const whole = /^\{(\w+)\}$/.exec(origin)?.[1];
  if (whole !== undefined) {
    return settingsOfKind(draft, 'url').includes(whole)
      ? undefined
      : `{${whole}} would be a whole address: expected the kind url`;
  }
  const [, scheme = '', host = ''] = /^([a-z]+):\/\/(.+)$/i.exec(origin) ?? [];
  const wholeHost = /^\{(\w+)\}$/.exec(host)?.[1];
  if (wholeHost !== undefined) {
    if (!settingsOfKind(draft, 'host').includes(wholeHost))
      return `{${wholeHost}} would be a whole host: expected the kind host`;
    return scheme === 'https' ? undefined : 'expected https';
  }
  const labels = host.split('.');
  const text = settingsOfKind(draft, 'text');
  for (const label of labels) {
    const name = /^\{(\w+)\}$/.exec(label)?.[1];
    if (name === undefined && /[{}]/.test(label)) return 'a setting fills a whole label of the host, not a part of one';
    if (name !== undefined && !text.includes(name))
      return `{${name}} fills one label of the host: expected the kind text`;
  }
  const isNamed =
    labels.length >= 2 && labels.slice(-2).every((label) => /^[a-z0-9-]+$/i.test(label.replace(/:\d+$/, '')));
  const bare = host.replace(/:\d{1,5}$/, '');
  if (!isNamed && !isLoopback(bare))
    return 'expected a host whose last two labels are given, such as {subdomain}.example.com';
  if (!URL.canParse(`https://${host.replace(/\{\w+\}/g, 'x')}`)) return 'expected a host after https://';
  return scheme === 'https' || (scheme === 'http' && isLoopback(bare))
    ? undefined
    : 'expected https (plain http only on loopback)';
}

/** Scheme and host of an address, and what follows. `{name}` at the start stands for a whole address up to there. */
function splitAddress(text: string): { origin: string; rest: string } {
  const [, origin = '', rest = ''] = /^((?:[a-z]+:\/\/)?[^/]*)(.*)$/is.exec(text) ?? [];
  return { origin, rest };
}

function restFault(draft: FileDraft, rest: string): string | undefined {
  for (const segment of rest.split('/').slice(1)) {
    if (/^\.{1,2}$|%/.test(segment)) return 'a path has no . or .. as a segment, and no percent sign';
    const named = namesIn(segment);
    if (named.length > 0 && !/^\{\w+\}$/.test(segment))
      return 'a setting fills a whole segment of the path, not a part of one';
    const wrong = named.find((name) => !settingsOfKind(draft, 'text').includes(name));
    if (wrong !== undefined) return `{${wrong}} fills one segment of the path: expected the kind text`;
  }
  return rest.endsWith('/') ? 'must not end with a slash' : undefined;
}
