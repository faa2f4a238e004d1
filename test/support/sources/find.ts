import type { ESTree } from 'rolldown/utils';
import { type Import, readSources, type Source } from './read.ts';

/** What architecture tests ask of sources. Every answer names the file and the line of what was found. */

export const src = readSources('src');
export const tests = readSources('test');

/** The sources in these folders of `src/`; a name with an ending is a file. */
export function within(...places: string[]): Source[] {
  return src.filter(({ path }) => places.some((place) => path === `src/${place}` || path.startsWith(`src/${place}/`)));
}

/** All other sources of `src/`. */
export function beyond(...places: string[]): Source[] {
  const inside = new Set(within(...places));
  return src.filter((source) => !inside.has(source));
}

/** `file imports what` for every import that fits. */
export function imports(from: readonly Source[], fits: (found: Import, source: Source) => boolean): string[] {
  return from.flatMap((source) =>
    source.imports.filter((found) => fits(found, source)).map(({ of }) => `${source.path} imports ${of}`),
  );
}

/** Every line that matches, comments included. */
export function lines(from: readonly Source[], pattern: RegExp): string[] {
  return from.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );
}

/** What `describe` says of each node it has something to say of. */
export function nodes(from: readonly Source[], describe: (node: ESTree.Node) => string | undefined): string[] {
  return from.flatMap((source) =>
    source.nodes.flatMap((node) => {
      const said = describe(node);
      return said === undefined ? [] : [`${source.path}:${lineOf(source, node.start)} ${said}`];
    }),
  );
}

/** The text of a string or of a piece of a template; undefined for any other node. */
export function textOf(node: ESTree.Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  return node.type === 'TemplateElement' ? (node.value.cooked ?? node.value.raw) : undefined;
}

/** The line of an offset, from 1. */
export function lineOf({ text }: Source, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
