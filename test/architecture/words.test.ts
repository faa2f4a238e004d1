import type { ESTree } from 'rolldown/utils';
import { expect, it } from 'vitest';
import { src, textOf } from '../support/sources/find.ts';
import { replacedWords } from '../support/sources/glossary.ts';
import type { Source } from '../support/sources/read.ts';

/** Code, comments and messages use the vocabulary of `docs/glossary.md`. */

it('the replaced words are read from the glossary', () => {
  expect(replacedWords()).toEqual(expect.arrayContaining(['journey', 'ticket', 'facet']));
});

it.each(replacedWords())('"%s" is not used', (word) => {
  // The people of a vendor are sample data, in whatever words the vendor has.
  const ours = src.filter(({ path }) => !/^src\/sandbox\/vendors\/\w+\/people\.ts$/.test(path));
  expect(occurrences(ours, word)).toEqual([]);
});

/** Where a word or its inflections occur: on its own, in an identifier, or across the lines of a comment. */
function occurrences(sources: readonly Source[], word: string): string[] {
  const [first = '', ...rest] = word.split(' ');
  const pattern = new RegExp(`(?<![a-z])${[inflected(first), ...rest].join('[\\s*/]+')}(?![a-z])`, 'g');
  return sources.flatMap((source) => {
    const text = inWords(source);
    return [...text.matchAll(pattern)].map(({ index }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${source.path}:${line} ${source.text.split('\n')[line - 1]?.trim()}`;
    });
  });
}

function inflected(word: string): string {
  const stem = /e$/.test(word) ? `${word.slice(0, -1)}(?:e|es|ed|ing)` : `${word}(?:s|es|ed|ing)?`;
  return word.endsWith('y') ? `(?:${stem}|${word.slice(0, -1)}i(?:es|ed))` : stem;
}

/** The text with the words of identifiers taken apart, without what is stored and stays: SQL and purposes of keys. */
function inWords({ text, path, nodes }: Source): string {
  let left = text;
  for (const node of nodes) {
    const isStored = path.startsWith('src/store/') && SQL.test(textOf(node) ?? '');
    const key = isSubkey(node) ? node.arguments[0] : undefined;
    if (isStored) left = blank(left, node.start, node.end);
    if (key) left = blank(left, key.start, key.end);
  }
  for (const foreign of /^src\/(?:providers|sandbox\/vendors)\//.test(path) ? [ADDRESS, SNAKE_CASE] : [ADDRESS]) {
    left = left.replace(foreign, (name) => blank(name, 0, name.length));
  }
  return left.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

/** Not ours to choose: addresses, and the names that vendors give their attributes. */
const ADDRESS = /https?:\/\/[^\s'`]+/g;
const SNAKE_CASE = /\b[a-z]+(?:_[a-z]+)+\b/g;

function isSubkey(node: ESTree.Node): node is ESTree.CallExpression {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  return node.callee.property.type === 'Identifier' && node.callee.property.name === 'subkey';
}

const SQL = /\b(?:CREATE|INSERT|DELETE|SELECT|UPDATE|ALTER|DROP|PRAGMA|WHERE|FROM|JOIN)\b/;

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(start, end).replace(/\S/g, ' ') + text.slice(end);
}
