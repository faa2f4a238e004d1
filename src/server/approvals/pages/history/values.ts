import { html } from 'hono/html';
import { isObject } from '../../../../lib/json/json-value.ts';
import {
  escapeInvisible,
  isRightToLeft,
  PIECE,
  quote,
  quoteName,
  quoteNames,
  quoteStart,
} from '../../../../lib/text/quote.ts';
import type { RecordedField } from '../../../../store/log/entry.ts';
import { NOT_READ } from '../../../../update/audit/entry.ts';
import { SECRET } from '../../../../update/redact/mask.ts';
import type { Markup } from '../layout.ts';
import { beforeAfter } from '../requests/rows.ts';

/** Fields as the audit log has them: personal values masked, secrets left out, long values cut. */

const MOST_IN_LIST = 3;
const CHARACTERS_IN_LIST = 60;

/** Each field with both values in full, as far as the entry has them; those that are a risk first. */
export function fieldRows(fields: readonly RecordedField[]): Markup {
  return html`<ul class="rows">${risksFirst(fields).map(fieldRow)}</ul>`;
}

/** The fields in the order in which people see them. */
export function risksFirst(fields: readonly RecordedField[]): RecordedField[] {
  const isRisk = ({ effect }: RecordedField) => effect !== 'ordinary';
  return [...fields.filter(isRisk), ...fields.filter((field) => !isRisk(field))];
}

/** The names of the first fields, and how many more there are. */
export function firstNames(fields: readonly RecordedField[]): string {
  if (fields.length === 0) return 'no field';
  const names = risksFirst(fields).map(({ field }) => field);
  return quoteNames(names, MOST_IN_LIST);
}

function fieldRow({ field, effect, before, after }: RecordedField): Markup {
  // Side by side, right-to-left text could be taken to stand on the other side of the arrow.
  const isApart = [before, after].some(
    (value) => isCut(value) || quote(value).length > PIECE / 3 || isRightToLeft(quote(value)),
  );
  return html`<li class="${effect === 'ordinary' ? '' : 'risk'}"><h3 class="field"><code>${quoteName(field)}</code>${riskTag(effect)}</h3>
${beforeAfter(valueMarkup(before), valueMarkup(after), isApart)}</li>`;
}

function riskTag(effect: string): Markup | string {
  return effect === 'ordinary' ? '' : html` <span class="tag">Risk: ${quoteName(effect)}</span>`;
}

/** The first fields of an entry in a line each, their values cut. */
export function fieldLines(fields: readonly RecordedField[]): Markup {
  const more = fields.length - MOST_IN_LIST;
  return html`${fields
    .slice(0, MOST_IN_LIST)
    .map(
      ({ field, before, after }) =>
        html`<span class="line"><bdi class="name">${quoteName(field)}</bdi>: ${valueMarkup(before, CHARACTERS_IN_LIST)} <span aria-hidden="true">→</span><span class="sr">changed to</span> ${valueMarkup(after, CHARACTERS_IN_LIST)}</span>`,
    )}${more > 0 ? html`<span class="line quiet">and ${more} more</span>` : ''}`;
}

/** `most`: cut after so many characters. Our own words are set apart from values, which are quoted or numbers. */
function valueMarkup(value: unknown, most?: number): Markup {
  if (value === SECRET) return html`<span class="none">secret, not kept</span>`;
  if (value === NOT_READ) return html`<span class="none">not read</span>`;
  if (value === undefined || value === null || value === '') return html`<span class="none">(empty)</span>`;
  if (isCut(value)) {
    const beginning = value.cut.slice(0, most);
    const left = value.characters - beginning.length;
    return html`<code>${escapeInvisible(beginning)}</code> <span class="none">cut in the audit log, ${left.toLocaleString('en')} more characters</span>`;
  }
  return html`<code>${most === undefined ? quote(value) : quoteStart(value, most)}</code>`;
}

/** A value that was too long for its entry. */
function isCut(value: unknown): value is { cut: string; characters: number; hash: string } {
  return (
    isObject(value) &&
    typeof value['cut'] === 'string' &&
    typeof value['characters'] === 'number' &&
    typeof value['hash'] === 'string'
  );
}
