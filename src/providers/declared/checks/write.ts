import { isWithin } from '../../interpret/record-shape.ts';
import type { FileDraft } from '../draft.ts';
import type { ReportFault } from '../faults.ts';
import { placesOf } from '../places.ts';

/** What becomes of the attributes that a write does not name is decided, and the encoding can say every change. */
export function checkWrite(draft: FileDraft, report: ReportFault): void {
  const { write } = draft.file;
  if (!write) return;
  const { encoding, carry, withhold } = write;
  if (encoding === 'replace' && carry === undefined) {
    report(
      ['write', 'carry'],
      'is missing: with replace, decide what goes back besides the fields that change: "all", or pointers',
    );
  }
  if (encoding !== 'replace' && carry !== undefined) report(['write', 'carry'], 'goes with the encoding replace only');
  if (withhold !== undefined && carry !== 'all') report(['write', 'withhold'], 'goes with carry "all" only');
  if (
    write.contentTypeAfter415 !== undefined &&
    write.contentTypeAfter415 === (write.contentType ?? 'application/json')
  ) {
    report(['write', 'contentTypeAfter415'], 'is the content type that was refused');
  }
  if (encoding === 'scim-patch') {
    if (write.method !== 'PATCH')
      report(['write', 'method'], 'expected PATCH: operations are sent with no other (RFC 7644)');
    if (write.wrapper !== undefined) report(['write', 'wrapper'], 'does not go with operations (RFC 7644)');
  } else {
    for (const key of ['patchStyle', 'entryNames', 'maxOperations'] as const) {
      if (write[key] !== undefined) report(['write', key], 'goes with the encoding scim-patch only');
    }
  }
  checkClear(draft, report);
  if (encoding === 'merge') checkMerge(draft, report);
}

/** `merge` sends an open set whole, so a field inside it would be left out of it. */
function checkMerge({ file }: FileDraft, report: ReportFault): void {
  const places = placesOf(file);
  for (const { kind, name, path } of places) {
    const open = places.find((one) => one.kind === 'openFields' && one.name !== name && isWithin(path, one.path));
    if (kind !== 'readOnly' && open && path.length > open.path.length) {
      report(
        [kind, name],
        `is inside the open set ${open.name}, which merge sends whole and without it; use merge-patch`,
      );
    }
  }
}

/** Every way of emptying is one that the encoding can send. */
function checkClear({ file }: FileDraft, report: ReportFault): void {
  const { write, fields = {}, openFields = {} } = file;
  const encoding = write?.encoding ?? 'merge';
  for (const [name, { clear, type }] of Object.entries(fields)) {
    const path = ['fields', name, 'clear'];
    const isWhole = type !== 'object';
    if (clear === 'omit' && (encoding === 'merge-patch' || (encoding === 'merge' && isWhole))) {
      report(path, `omit empties nothing with ${encoding}: what is left out keeps its value`);
    }
    if (clear === 'empty' && ['boolean', 'integer', 'number', 'list'].includes(type)) {
      report(path, `"" is no value of the type ${type}`);
    }
    if (clear === 'empty-list' && type !== 'list') report(path, '[] is a value of the type list only');
  }
  for (const [name, { clear }] of Object.entries(openFields)) {
    if (clear === 'omit' && encoding === 'merge-patch') {
      report(['openFields', name, 'clear'], `omit empties nothing with ${encoding}: what is left out keeps its value`);
    }
  }
}
