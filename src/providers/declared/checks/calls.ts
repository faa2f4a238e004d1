import { namesIn } from '../../interpret/template.ts';
import { type FileDraft, settingsOfKind } from '../draft.ts';
import type { ReportFault } from '../faults.ts';
import { hasBrokenName, hasStrayBraces, namesFault } from '../templates.ts';

interface FileCall {
  path: string;
  query?: Readonly<Record<string, string>> | undefined;
}

/** Paths and queries: every name is known, each fills one segment or one parameter, and none is a secret. */
export function checkCalls(draft: FileDraft, report: ReportFault): void {
  const { read, write, find = [], probe } = draft.file;
  if (read) checkCall(draft, ['read'], read, ['userId'], report);
  if (write) checkCall(draft, ['write'], write, ['userId'], report);
  if (probe) checkCall(draft, ['probe'], probe, [], report);
  for (const [section, call] of Object.entries({ read, write })) {
    if (call && !call.path.split('/').includes('{userId}')) {
      report([section, 'path'], 'has no segment {userId}: every call would be about the same user');
    }
  }
  for (const [index, lookup] of find.entries()) {
    const path = ['find', index];
    checkCall(draft, path, lookup, ['query'], report);
    const isAsked = namesIn([lookup.path, ...Object.values(lookup.query ?? {})].join(' ')).includes('query');
    if (!isAsked && !lookup.scan) report(path, 'names {query} nowhere; without it the look-up needs scan');
    if (lookup.quote && !namesIn(Object.values(lookup.query ?? {}).join(' ')).includes('query')) {
      report([...path, 'quote'], 'is for a {query} in a parameter, and there is none');
    }
    if (lookup.scan && !lookup.paging) report([...path, 'scan'], 'reads page after page, so it needs paging');
  }
}

function checkCall(
  draft: FileDraft,
  path: readonly (string | number)[],
  { path: template, query = {} }: FileCall,
  own: readonly string[],
  report: ReportFault,
): void {
  const known = [...own, ...draft.names.settings];
  const fault = namesFault(template, known) ?? segmentFault(draft, template);
  if (fault !== undefined) report([...path, 'path'], fault);
  for (const [name, value] of Object.entries(query)) {
    const wrong =
      namesFault(value, known) ??
      (hasBrokenName(value) ? 'has braces around something that is no name' : kindFault(draft, value));
    if (wrong !== undefined) report([...path, 'query', name], wrong);
  }
}

function segmentFault(draft: FileDraft, template: string): string | undefined {
  if (hasStrayBraces(template)) return 'has a brace that encloses no name';
  const isPart = template.split('/').some((segment) => /[{}]/.test(segment) && !/^\{\w+\}$/.test(segment));
  return isPart ? 'a name fills a whole segment of the path, not a part of one' : kindFault(draft, template);
}

/** Addresses are logged, by proxies as well. */
function kindFault(draft: FileDraft, text: string): string | undefined {
  const wrong = namesIn(text).find((name) => settingsOfKind(draft, 'secret', 'host', 'url').includes(name));
  return wrong === undefined
    ? undefined
    : `{${wrong}} is not of kind text; only such a setting may be part of a path or a query`;
}
