import { moveText, quote, quoteName, quoteStart } from '../../lib/text/quote.ts';
import { conditionLines, countLines, personLines, riskyPeopleFirst } from '../../update/batch/confirm/question.ts';
import type { BatchPlan } from '../../update/batch/plan/types.ts';
import type { BatchCall, MemberResult } from '../../update/batch/types.ts';
import { askedBy } from '../../update/confirm/question.ts';
import type { LineResult } from './line-result.ts';

/**
 * What would be done, for people: how many first, then every line of everyone who changes, those at risk first, then who
 * does not change and why. Nothing is left out: a yes covers it.
 */
export function planText(
  batch: BatchCall,
  { planned }: Pick<BatchPlan, 'planned'>,
  others: readonly LineResult[],
): string {
  const [, ...effects] = countLines(planned);
  const people = riskyPeopleFirst(planned).map((one) => {
    const [who, ...changes] = personLines(one);
    return [who, ...changes.map((line) => `  ${line}`)].join('\n');
  });
  return paragraphs(
    [
      `Plan: ${counts(planned.length, others)}.`,
      ...effects,
      ...conditionLines(batch),
      ...(planned.length > 0 ? askedBy(batch) : []),
    ].join('\n'),
    ...people,
    ...othersText(others),
  );
}

/**
 * The plan of a dry run. Its values are those that an agent may see: what is printed may be kept elsewhere. `condition`: a
 * sentence about the batch as a whole.
 */
export function previewText(results: readonly LineResult[], condition = ''): string {
  const previews = results.filter(({ outcome }) => outcome === 'preview');
  const others = results.filter(({ outcome }) => outcome !== 'preview');
  const people = previews.map((result) => [`${whoOf(result)}:`, ...(result.changes ?? []).map(changeLine)].join('\n'));
  return paragraphs(
    `Plan: ${counts(previews.length, others)}. ${condition}Nothing was asked or sent.`,
    ...people,
    ...othersText(others),
  );
}

function changeLine({ field, before, after }: NonNullable<MemberResult['changes']>[number]): string {
  return `  - ${quoteName(field)}: ${moveText(quoteStart(before), quoteStart(after))}`;
}

function counts(changing: number, others: readonly LineResult[]): string {
  const same = others.filter(({ outcome }) => outcome === 'unchanged').length;
  const problems = others.length - same;
  return [
    `${changing} to change`,
    ...(same > 0 ? [`${same} unchanged`] : []),
    ...(problems > 0 ? [`${problems} with a problem, which will not be changed`] : []),
  ].join(', ');
}

function othersText(others: readonly LineResult[]): string[] {
  const same = others.filter(({ outcome }) => outcome === 'unchanged');
  const problems = others.filter(({ outcome }) => outcome !== 'unchanged');
  return [
    ...(problems.length > 0
      ? [['Not changed, because of a problem:', ...problems.map((one) => `  ${problemLine(one)}`)].join('\n')]
      : []),
    ...(same.length > 0 ? [`Unchanged: ${same.map(placeOf).join(', ')}`] : []),
  ];
}

/** One line about a change that was not made. */
export function problemLine(result: LineResult): string {
  const code = result.code === undefined ? '' : `, ${result.code}`;
  return `${whoOf(result)}: ${result.outcome}${code}. ${result.message ?? ''}`.trimEnd();
}

function whoOf(result: LineResult): string {
  const { line, user_id: id, label } = result;
  const who = label === undefined ? '' : ` ${quoteStart(label)}`;
  return `${line === undefined ? '' : `Line ${line}`}${who}${id === null ? '' : ` user ${quote(id)}`}`.trim();
}

function placeOf({ line, user_id: id }: LineResult): string {
  return line === undefined ? quote(id) : `line ${line}`;
}

function paragraphs(...texts: readonly string[]): string {
  return texts.join('\n\n');
}
