import { suggest } from '../../../lib/text/suggest.ts';
import { attributesOf, type FileDraft } from '../draft.ts';
import type { ReportFault } from '../faults.ts';

/** Names that refer to an attribute refer to one that is declared. */
export function checkNames(draft: FileDraft, report: ReportFault): void {
  const { file, names } = draft;
  const attributes = attributesOf(draft);
  const settable = [...names.fields, ...names.openFields];
  const expect = (path: readonly (string | number)[], name: string, known: readonly string[], what: string) => {
    if (known.includes(name)) return;
    const near = suggest(name, known);
    report(path, `"${name}" is no ${what}${near === undefined ? '' : `; did you mean ${near}?`}`);
  };
  const each = (section: string, list: readonly string[] = [], known: readonly string[], what: string) => {
    for (const [index, name] of list.entries()) expect([section, index], name, known, what);
  };
  each('ids', file.ids, attributes, 'declared attribute');
  each('volatile', file.volatile, names.readOnly, 'read-only attribute');
  each('apart', file.apart, attributes, 'declared attribute');
  for (const [at, { matches = [] }] of (file.find ?? []).entries()) {
    for (const [index, name] of matches.entries())
      expect(['find', at, 'matches', index], name, attributes, 'declared attribute');
  }
  for (const [index, entry] of (file.label ?? []).entries()) {
    const [first] = entry;
    const isObject = first !== undefined && file.fields?.[first]?.type === 'object';
    for (const [at, name] of (isObject ? entry.slice(0, 1) : entry).entries()) {
      expect(['label', index, at], name, attributes, 'declared attribute');
    }
  }
  for (const [index, { when }] of (file.status ?? []).entries()) {
    for (const name of Object.keys(when))
      expect(['status', index, 'when', name], name, attributes, 'declared attribute');
  }
  const { echo = {}, fillsIn = {}, immutable, setOnce } = file.write ?? {};
  for (const [name, { with: others = [] }] of Object.entries(echo)) {
    expect(['write', 'echo', name], name, settable, 'field');
    for (const [index, other] of others.entries())
      expect(['write', 'echo', name, 'with', index], other, settable, 'field');
  }
  for (const name of Object.keys(fillsIn)) expect(['write', 'fillsIn', name], name, settable, 'field');
  for (const [key, list] of Object.entries({ immutable, setOnce })) {
    for (const [index, name] of (list ?? []).entries()) expect(['write', key, index], name, settable, 'field');
  }
  checkPublic(draft, report);
}

/** People of one name are told apart by what every caller may see. */
function checkPublic({ file }: FileDraft, report: ReportFault): void {
  const sensitivityOf = (name: string) => {
    const attribute = file.readOnly?.[name];
    return file.fields?.[name]?.sensitivity ?? (typeof attribute === 'object' ? attribute.sensitivity : attribute);
  };
  for (const [index, name] of (file.apart ?? []).entries()) {
    const sensitivity = sensitivityOf(name);
    if (sensitivity !== undefined && sensitivity !== 'public') report(['apart', index], `"${name}" is not public`);
  }
  for (const [index, entry] of (file.label ?? []).entries()) {
    const secret = entry.find((name) => sensitivityOf(name) === 'secret');
    if (secret !== undefined) report(['label', index], `"${secret}" is secret, and a label is shown`);
  }
}
