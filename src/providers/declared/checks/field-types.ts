import type { FileDraft } from '../draft.ts';
import type { ReportFault } from '../faults.ts';
import { NUMERIC, TYPES } from '../format/fields.ts';
import type { FileField, FileLimits } from '../format/file.ts';

type Limits = FileLimits & { type: FileField['type'] };

const TEXTS: readonly string[] = ['text', 'email', 'url'];
const NUMBERS: readonly string[] = NUMERIC;

const COMPARED: Readonly<Record<NonNullable<FileField['compare']>, readonly string[]>> = {
  exact: TYPES,
  unordered: ['list'],
  set: ['list'],
  instant: ['date-time'],
  day: ['date', 'date-time'],
  caseless: ['text', 'email'],
  id: ['text', 'integer'],
};

/** A field has the keys that its type takes, and limits that some value keeps. */
export function checkFieldTypes({ file }: Pick<FileDraft, 'file'>, report: ReportFault): void {
  for (const [name, field] of Object.entries(file.fields ?? {})) {
    const path = ['fields', name];
    checkLimits(field, path, report);
    const { type, items, keys, compare } = field;
    if (type === 'list' && !items) report([...path, 'items'], 'is missing: what a list has in it');
    if (items && type !== 'list') report([...path, 'items'], 'goes with the type list only');
    if (keys && type !== 'object') report([...path, 'keys'], 'goes with the type object only');
    if (type === 'object' && !keys)
      report([...path, 'keys'], 'is missing: the keys of an object; an object with any keys belongs into openFields');
    if (field.maxItems !== undefined && type !== 'list') report([...path, 'maxItems'], 'goes with the type list only');
    if (compare !== undefined && !COMPARED[compare].includes(type)) {
      report([...path, 'compare'], `${compare} goes with the type ${COMPARED[compare].join(' or ')} only`);
    }
    if (field.effect === 'secret' && field.sensitivity !== 'secret') {
      report([...path, 'sensitivity'], 'expected secret, since its effect is secret: it would be shown otherwise');
    }
    if (items) {
      checkLimits(items, [...path, 'items'], report);
      if (items.keys && items.type !== 'object') report([...path, 'items', 'keys'], 'goes with the type object only');
      if (items.type === 'object' && !items.keys)
        report([...path, 'items', 'keys'], 'is missing: the keys of an entry');
      checkParts(items.keys, [...path, 'items', 'keys'], report);
    }
    checkParts(keys, [...path, 'keys'], report);
    for (const [index, { when }] of (field.warnings ?? []).entries()) {
      if (when !== undefined && !['email', 'text', 'list'].includes(type))
        report([...path, 'warnings', index, 'when'], 'goes with e-mail addresses only');
    }
  }
}

function checkParts(keys: FileField['keys'], path: readonly string[], report: ReportFault): void {
  if (keys && Object.keys(keys).length === 0) report(path, 'names no key');
  for (const [key, part] of Object.entries(keys ?? {})) checkLimits(part, [...path, key], report);
}

function checkLimits(
  { type, enum: values, minLength, maxLength, minimum, maximum }: Limits,
  path: readonly string[],
  report: ReportFault,
): void {
  const only = (key: string, value: unknown, types: readonly string[]) => {
    if (value !== undefined && !types.includes(type))
      report([...path, key], `goes with the type ${types.join(' or ')} only`);
  };
  only('minLength', minLength, TEXTS);
  only('maxLength', maxLength, TEXTS);
  only('minimum', minimum, NUMBERS);
  only('maximum', maximum, NUMBERS);
  only('enum', values, ['text', 'integer']);
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength)
    report([...path, 'minLength'], 'is more than maxLength');
  if (minimum !== undefined && maximum !== undefined && minimum > maximum)
    report([...path, 'minimum'], 'is more than maximum');
  if (!values) return;
  const expected = type === 'integer' ? 'number' : 'string';
  for (const [index, value] of values.entries()) {
    if (typeof value !== expected) report([...path, 'enum', index], `is no value of the type ${type}`);
    if (values.indexOf(value) !== index) report([...path, 'enum', index], 'is there twice');
  }
}
