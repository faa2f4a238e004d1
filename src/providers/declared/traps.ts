import { isObject, type Json } from '../../lib/json/json-value.ts';
import { printable } from '../../lib/text/printable.ts';
import { isWithin } from '../interpret/record-shape.ts';
import { namesIn } from '../interpret/template.ts';
import { createReport, type FileFault, type ReportFault } from './faults.ts';
import type { ProviderFile } from './format/file.ts';
import { placesOf } from './places.ts';
import { formatPointer, parsePointer } from './pointer.ts';

/** What a valid file says that its author may not have meant: each is a way in which a user record gets damaged. */
export function trapsIn(file: ProviderFile): FileFault[] {
  const traps = writtenDefaults(file);
  const report = createReport(traps);
  for (const look of [lostByCarry, shownCredentials, roundedIds, unquotedQueries, movedHosts, partsOfObjects]) {
    look(file, report);
  }
  return traps;
}

/**
 * Fields that get the vendor's default where a request leaves them out: a title change would move a person. Known also of
 * a file with faults, before anything else in it is decided.
 */
export function writtenDefaults(content: unknown): FileFault[] {
  const { fields, write } = membersOf(content);
  const { encoding, echo, fillsIn } = membersOf(write);
  if (typeof encoding === 'string' && encoding.endsWith('-patch')) return [];
  const isSent = (name: string) => isObject(membersOf(echo)[name] as Json) || Object.hasOwn(membersOf(fillsIn), name);
  const names = Object.entries(membersOf(fields)).flatMap(([name, field]) =>
    membersOf(field)['default'] === undefined || isSent(name) ? [] : [name],
  );
  const remedy =
    encoding === 'replace'
      ? 'write/fillsIn asks for it where the record does not show it'
      : 'write/echo sends it along as read';
  return names.map((name) => ({
    pointer: formatPointer(['fields', name, 'default']),
    message: `the vendor may write its default where a request leaves ${printable(name)} out; ${remedy}`,
  }));
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value as Json) ? (value as Readonly<Record<string, unknown>>) : {};
}

/** What `replace` does not send back is emptied. */
function lostByCarry(file: ProviderFile, report: ReportFault): void {
  const { encoding, carry, echo = {} } = file.write;
  if (encoding !== 'replace') return;
  for (const [name, { readback }] of Object.entries(file.fields)) {
    if (readback === false)
      report(
        ['fields', name, 'readback'],
        `the vendor does not show ${name}, so replace cannot send it back: is it kept when it is left out?`,
      );
  }
  if (carry === undefined || carry === 'all') return;
  const carried = carry.map(parsePointer);
  const lost = placesOf(file).filter(
    ({ kind, name, path }) =>
      kind !== 'readOnly' && !Object.hasOwn(echo, name) && !carried.some((one) => isWithin(path, one)),
  );
  for (const { kind, name } of lost) {
    report([kind, name], `is not among what write/carry sends back: each change of another field empties ${name}`);
  }
  report(
    ['write', 'carry'],
    'attributes that this file does not declare are emptied with each change; "all" sends them back',
  );
}

const CREDENTIAL = /(?:password|passwd|passphrase|secret|token|api_?key|credentials?|(?:^|_|-)pin)$/i;

/** A secret that counts as public or personal is shown to people, and in part to models. */
function shownCredentials({ fields, readOnly }: ProviderFile, report: ReportFault): void {
  const attributes = Object.entries(readOnly).map(([name, one]) => {
    const { pointer, sensitivity } = typeof one === 'string' ? { pointer: undefined, sensitivity: one } : one;
    return ['readOnly', name, pointer, sensitivity] as const;
  });
  const settable = Object.entries(fields).map(([name, { pointer, sensitivity, type }]) => {
    // A flag such as `forcePasswordChange` is no credential.
    return ['fields', name, pointer, type === 'boolean' ? 'secret' : sensitivity] as const;
  });
  for (const [section, name, pointer, sensitivity] of [...settable, ...attributes]) {
    const names = [name, ...(pointer === undefined ? [] : parsePointer(pointer))];
    if (sensitivity === 'secret' || !names.some((one) => CREDENTIAL.test(one))) continue;
    report(
      [section, name],
      `is named like a credential and is ${sensitivity}: only "secret" keeps it from being shown`,
    );
  }
}

/** A number of JSON loses digits beyond 2^53 in most clients. */
function roundedIds({ fields }: ProviderFile, report: ReportFault): void {
  for (const [name, { type, items, compare, refers }] of Object.entries(fields)) {
    const isNamed = /(?:^|_)ids?$|[a-z]Ids?$/.test(name);
    const isExact = type === 'integer' && (compare === 'id' || refers !== undefined);
    const isNumber = type === 'number' || (type === 'integer' && !isExact);
    if (isNumber && (isNamed || refers !== undefined || compare === 'id')) {
      report(
        ['fields', name, 'type'],
        'is an id, and would be rounded beyond 2^53; the type integer with compare "id" keeps every digit',
      );
    }
    const isList = type === 'list' && (items?.type === 'integer' || items?.type === 'number');
    if (
      isList &&
      (isNamed || refers !== undefined || compare === 'set') &&
      !(items.type === 'integer' && compare === 'set')
    ) {
      report(
        ['fields', name, 'items', 'type'],
        'are ids, and would be rounded beyond 2^53; integer with compare "set" keeps every digit',
      );
    }
  }
}

/** Inside a larger text, what is searched for could be read as a part of the filter. */
function unquotedQueries({ find }: ProviderFile, report: ReportFault): void {
  for (const [index, { query = {}, quote }] of find.entries()) {
    for (const [name, value] of Object.entries(query)) {
      const isPart = namesIn(value).includes('query') && value !== '{query}';
      if (isPart && quote === undefined) {
        report(
          ['find', index, 'query', name],
          '{query} stands in a larger text without quote: a name with words of the filter language would change what is searched',
        );
      }
    }
  }
}

/** Where a connection goes depends on a setting that may be left out, or that is a whole address. */
function movedHosts({ settings, baseUrl, auth }: ProviderFile, report: ReportFault): void {
  const named = new Set([baseUrl, auth.clientCredentials?.tokenUrl ?? ''].flatMap(namesIn));
  for (const [name, { kind, optional }] of Object.entries(settings)) {
    const isAddress = kind === 'host' || kind === 'url';
    if (optional && (isAddress || named.has(name))) {
      report(['settings', name, 'optional'], 'is part of where the connection goes: without it nothing can be sent');
    }
  }
}

/** `merge` says that attributes which are left out are kept, and nothing of the inside of an object. */
function partsOfObjects(file: ProviderFile, report: ReportFault): void {
  if (file.write.encoding !== 'merge') return;
  const places = placesOf(file);
  const readOnly = places.filter(({ kind }) => kind === 'readOnly');
  for (const { name, path } of places.filter(({ kind }) => kind === 'openFields')) {
    const inside = readOnly.find((one) => isWithin(one.path, path));
    if (inside) {
      report(
        ['openFields', name],
        `merge sends it whole without ${inside.name}, which is read-only: is it kept when it is left out?`,
      );
    }
  }
  for (const { kind, name, path } of places) {
    if (kind === 'readOnly' || path.length === 1) continue;
    const outer = formatPointer(path.slice(0, -1));
    report(
      [kind, name, 'pointer'],
      `merge sends ${outer} with this part alone: the rest of it is lost unless the vendor merges objects too; merge-patch says that it does`,
    );
  }
}
