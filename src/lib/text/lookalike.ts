import { LOOKALIKES } from './lookalike-table.ts';

/**
 * The forms in which a name is compared. Names that share a form look the same to a reader, or are spellings of one name.
 * Based on the skeletons of UTS #39, for the name as written and in both cases: a Cyrillic `Н` looks like an `H`, but its
 * lower case does not look like an `h`. Width, case, accents, spaces and invisible characters do not count. Empty for a
 * name without visible characters.
 */
export function lookalikeForms(name: string): Set<string> {
  const forms = [name, name.toLowerCase(), name.toUpperCase()].map(toSkeleton);
  return new Set(forms.filter((form) => form !== ''));
}

/** Whether two names can be mistaken for each other. */
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
  // Via upper case: without case, `ß` equals `ss` and `ı` equals `i`. Sigma has two lower-case forms.
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
