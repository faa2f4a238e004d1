import { isCutText, isCutValue } from '../../audit/cut.ts';
import { parsePath } from '../../lib/json/field-path.ts';
import { isObject, type Json } from '../../lib/json/json-value.ts';
import { DOTS } from '../../lib/text/mask-by-shape.ts';
import type { Field } from '../../providers/field.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';
import type { RecordedField } from '../../store/log/entry.ts';
import { isFreeForm, listBetween } from '../plan/leaf-changes.ts';
import type { LeafChange } from '../plan/types.ts';
import { SECRET } from '../redact/mask.ts';
import { anyOf, domainOf, HIDDEN, type Text } from './hidden-text.ts';
import type { JudgedLeaf } from './judge.ts';
import { type Texts, textsIn, textsOf } from './leaf-texts.ts';

/** A leaf as the audit log has it: masked values are hidden from the rules. Undefined for a field that is not known. */
export function recordedLeaf(provider: Provider, recorded: RecordedField): JudgedLeaf | undefined {
  const { path, definition } = fieldAt(provider, recorded.field) ?? {};
  if (!path || !definition) return undefined;
  if (isCutValue(recorded.before) || isCutValue(recorded.after)) return hiddenLeaf(provider, recorded.field);
  const { effect } = definition;
  const sensitivity = sensitivityAt(definition, path);
  const exact = isFreeForm(definition);
  const [before, after] = [valueOf(recorded.before, exact), valueOf(recorded.after, exact)];
  const list = listBetween(definition, before, after);
  const leaf: LeafChange = { path, definition, effect, sensitivity, before, after, exact, ...(list && { list }) };
  const isHidden = [before, after].some(hides);
  const hasEntries = [before, after].some((value) => Array.isArray(value) && value.length > 0);
  if (list && isHidden && hasEntries) return { leaf, texts: () => textsOfHiddenList(leaf) };
  return { leaf, texts: () => (isHidden ? textsOf(leaf).map(withHidden) : textsOf(leaf)) };
}

/** A leaf of which only the path is known. */
export function hiddenLeaf(provider: Provider, field: string): JudgedLeaf | undefined {
  const { path, definition } = fieldAt(provider, field) ?? {};
  if (!path || !definition) return undefined;
  const sensitivity = sensitivityAt(definition, path);
  const leaf = { path, effect: definition.effect, sensitivity, before: undefined, after: undefined };
  return {
    leaf: { ...leaf, hidden: true },
    texts: () => [{ before: [HIDDEN], after: [HIDDEN], inside: () => [], hidesPaths: true }],
  };
}

/** Not of a name that was cut, or that stands for several: an entry takes only so much. */
function fieldAt(provider: Provider, name: string): { path: readonly string[]; definition: Field } | undefined {
  if (isCutText(name)) return undefined;
  const path = parsePath(name) ?? [name];
  const definition = fieldOf(provider, path[0] ?? '');
  return definition && { path, definition };
}

/** Undeclared keys of an object with declared ones count as secret. */
function sensitivityAt({ merge, sensitivity }: Field, [, key]: readonly string[]): LeafChange['sensitivity'] {
  return key !== undefined && merge?.keys?.includes(key) === false ? 'secret' : sensitivity;
}

/** An entry is stored as JSON. Only inside a free-form object it says of an absent value that it is absent. */
function valueOf(recorded: RecordedField['before'], exact: boolean): Json | undefined {
  return recorded === null && !exact ? undefined : (recorded as Json | undefined);
}

/** Texts in place of a value of which nothing is known. */
const PLACEHOLDERS: readonly string[] = [SECRET, '[not read]'];

function isHiddenText(text: string): boolean {
  return PLACEHOLDERS.includes(text) || text.includes(DOTS);
}

function hides(value: Json | undefined): boolean {
  if (typeof value === 'string') return isHiddenText(value);
  if (Array.isArray(value)) return value.some(hides);
  return isObject(value) && Object.values(value).some(hides);
}

/** A mask keeps the domain of an address, and is never empty. */
function toText(text: Text): Text {
  if (typeof text !== 'string' || !isHiddenText(text)) return text;
  return PLACEHOLDERS.includes(text) ? HIDDEN : { suffix: domainOf(text), mayBeEmpty: false };
}

function withHidden(texts: Texts): Texts {
  const [before, after] = [texts.before.map(toText), texts.after.map(toText)];
  return { before, after, inside: () => texts.inside(), hidesPaths: true };
}

/**
 * Entries that differ may have the same mask, so it is not known which of them were added and which removed: of each
 * side, only what is true of all its entries.
 */
function textsOfHiddenList({ before, after, definition }: LeafChange): Texts[] {
  const [old, target] = [before, after].map((value) => (Array.isArray(value) ? value : []));
  const textsOfEntries = (entries: readonly Json[]) => {
    return entries.flatMap((entry) => textsIn(entry, definition.parts ?? {})).map(toText);
  };
  const [oldTexts, newTexts] = [textsOfEntries(old ?? []), textsOfEntries(target ?? [])];
  const isShorter = (old ?? []).length > (target ?? []).length;
  const optional = { inside: () => [], hidesPaths: true as const, optional: true as const };
  const added: Texts = {
    before: [anyOf(oldTexts, { mayBeEmpty: true })],
    after: [anyOf(newTexts, { mayBeEmpty: false })],
    ...optional,
  };
  const removed: Texts = {
    before: [anyOf(oldTexts, { mayBeEmpty: false })],
    // Where as many are added as removed, an entry that is removed is replaced by those that are added.
    after: isShorter ? [''] : [anyOf(newTexts, { mayBeEmpty: false })],
    ...optional,
  };
  return [...(newTexts.length > 0 ? [added] : []), ...(oldTexts.length > 0 ? [removed] : [])];
}
