import { isObject, type Json } from '../../lib/json/json-value.ts';
import type { Provider } from '../provider.ts';
import { checkExample } from './checks/example.ts';
import { checks } from './checks/index.ts';
import { toProvider } from './convert/provider.ts';
import type { FileDraft } from './draft.ts';
import { createReport, type FileFault, shapeFaults } from './faults.ts';
import { type ProviderFile, sections } from './format/file.ts';
import { openPlaces } from './open-places.ts';
import { formatPointer } from './pointer.ts';

/** What became of a provider file: the provider, or everything that is wrong with the file. */
export type CheckedFile =
  | { ok: true; file: ProviderFile; provider: Provider }
  | { ok: false; faults: readonly FileFault[] };

/** Checks the content of a provider file. All faults are found at once; none shows a value of the file. */
export function checkProviderFile(content: unknown): CheckedFile {
  if (!isObject(content as Json)) {
    return { ok: false, faults: [{ pointer: '', message: 'expected an object with the keys of a provider file' }] };
  }
  const raw = content as Readonly<Record<string, unknown>>;
  const open = openPlaces(content as Json).map(({ path, message }) => ({ pointer: formatPointer(path), message }));
  const faults: FileFault[] = [];
  const draft = toDraft(raw, faults);
  const report = createReport(faults);
  for (const check of checks) check(draft, report);
  const isOpen = ({ pointer }: FileFault) => open.some((one) => one.pointer === pointer);
  const all = [...open, ...faults.filter((fault) => !isOpen(fault))];
  if (all.length > 0) return { ok: false, faults: unique(all) };
  const file = draft.file as ProviderFile; // every section was parsed, or there would be a fault
  const provider = toProvider(file);
  checkExample(provider, report);
  return faults.length > 0 ? { ok: false, faults: unique(faults) } : { ok: true, file, provider };
}

/** Parses section by section, and fields one by one, so that a fault in one hides none in the others. */
function toDraft(raw: Readonly<Record<string, unknown>>, faults: FileFault[]): FileDraft {
  const file: Record<string, unknown> = {};
  for (const [key, schema] of SECTION_SCHEMAS) {
    const parsed = schema.safeParse(raw[key], { reportInput: false });
    if (parsed.success) {
      if (parsed.data !== undefined) file[key] = parsed.data;
    } else {
      faults.push(...shapeFaults([key], parsed.error.issues, raw[key]));
      const kept = faultlessEntries(key, raw[key], parsed.error.issues);
      if (kept) file[key] = kept;
    }
  }
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(sections, key)) faults.push(...shapeFaults([], [unknownKey(key)], raw));
  }
  return {
    file: file as FileDraft['file'], // each section has the shape of its schema
    names: {
      settings: keysOf(raw['settings']),
      fields: keysOf(raw['fields']),
      openFields: keysOf(raw['openFields']),
      readOnly: keysOf(raw['readOnly']),
    },
  };
}

/** This module is loaded only where there is a file. */
const SECTION_SCHEMAS = Object.entries(sections).map(([key, make]) => [key, make()] as const);

const BY_NAME = ['settings', 'fields', 'openFields', 'readOnly'];

function faultlessEntries(key: string, value: unknown, issues: readonly { path: PropertyKey[] }[]): object | undefined {
  if (!BY_NAME.includes(key) || typeof value !== 'object' || value === null) return undefined;
  const wrong = new Set(issues.map(({ path }) => path[0]));
  if (wrong.has(undefined)) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !wrong.has(name)));
}

function unknownKey(key: string) {
  return { code: 'unrecognized_keys' as const, keys: [key], path: [], message: '' };
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

function unique(faults: readonly FileFault[]): FileFault[] {
  return [...new Map(faults.map((fault) => [`${fault.pointer}\n${fault.message}`, fault])).values()];
}
