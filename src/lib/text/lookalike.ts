import { LOOKALIKES } from './lookalike-table.ts';

/**
 * The forms a name is compared in: two names that share one cannot be told apart by a reader, or are one name in
 * another spelling. After the skeletons of UTS #39, of the name as written and in both cases: a Cyrillic `Н` looks like
 * an `H`, its small form does not look like an `h`. Width, case, accents, blanks and invisible characters do not count.
 * Empty where nothing of the name can be seen.
 */
export function lookalikeForms(name: string): Set<string> {
  const forms = [name, name.toLowerCase(), name.toUpperCase()].map(toSkeleton);
  return new Set(forms.filter((form) => form !== ''));
}

/** Whether two names could be taken for one another. */
export function looksAlike(one: string, other: string): boolean {
  const forms = lookalikeForms(other);
  return [...lookalikeForms(one)].some((form) => forms.has(form));
}

const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{Cf}]|(?=\p{M})\p{Script=Inherited}/gu;
let table: Map<string, string> | undefined;

function toSkeleton(text: string): string {
  table ??= readTable();
  let skeleton = '';
  for (const character of text.normalize('NFKD')) skeleton += table.get(character) ?? character;
  const visible = skeleton.normalize('NFKD').replace(UNSEEN, '');
  // By way of upper case: `ß` and `ss`, `ı` and `i` are one without case. Sigma has two small forms.
  return visible.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

function readTable(): Map<string, string> {
  const fromHex = (code: string) => String.fromCodePoint(Number.parseInt(code, 16));
  return new Map(
    LOOKALIKES.trim()
      .split(/\s+/)
      .flatMap((group) => {
        const [target = '', sources = ''] = group.split('=');
        const shown = target.startsWith('+') ? target.slice(1).split('+').map(fromHex).join('') : target;
        return sources.split(',').map((source): [string, string] => [fromHex(source), shown]);
      }),
  );
}
