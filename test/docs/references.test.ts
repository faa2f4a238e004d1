import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { expect, it } from 'vitest';
import { isGroup } from '../../src/cli/definitions/command.ts';
import { COMMANDS } from '../../src/cli/definitions/index.ts';
import { anchorsOf, type Page, ROOT, readPage, readPages } from '../support/text/markdown.ts';

/** What the documentation names has to exist. */

const pages = readPages();
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

it('reads the documentation', () => {
  const paths = pages.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/policy.md']));
});

it.each(pages)('$path links only to files and headings that exist', (page) => {
  expect(linksOf(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

it('every page of docs/ is linked from the README', () => {
  const linked = linksOf(readPage('README.md'));
  const missing = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !linked.includes(path));
  expect(missing).toEqual([]);
});

it.each(pages)('$path names only paths that exist', ({ code, prose }) => {
  const path =
    /(?<![\w/.$~@-])(?:(?:src|test|bench|deploy|docs|scripts|\.ci|\.github)(?:\/[\w.-]+)*\/?|mcp\.config\.\w+(?:\.json)?)(?![\w/<*])/g;
  const named = [...code, prose].flatMap((text) => [...text.matchAll(path)].map(([found]) => found.replace(/\.$/, '')));
  const paths = named.filter((name) => name.includes('/') || name.includes('.'));
  // `init` writes these; the repository has none.
  const written = ['mcp.config.json', '.github/mcp.json'];
  const missing = paths.filter((name) => !written.includes(name) && !existsSync(join(ROOT, name)));
  expect([...new Set(missing)]).toEqual([]);
});

it.each(pages)('$path names only scripts that package.json has', ({ code, prose }) => {
  const named = [...code, prose].flatMap((text) =>
    [...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name),
  );
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

it.each(pages)('$path names only commands and options that the program has', ({ code, prose }) => {
  const wrong = [...code, prose].flatMap((text) =>
    [...text.matchAll(/(?:(?<![\w/])update-user-mcp|dist\/main\.js) (--?[\w-]+|[a-z][\w-]*)([^|;`]*)/g)].flatMap(
      ([, command = '', rest = '']) => faultsOf(command, rest),
    ),
  );
  expect([...new Set(wrong)]).toEqual([]);
});

function linksOf({ prose, text }: Page): string[] {
  // A link's text may be a code span.
  const links = [...text.replaceAll(/^ *```.*?^ *```$/gms, '').matchAll(/\]\(([^()\s]+)\)/g)];
  expect(prose).not.toMatch(/\]\s+\(/);
  return links.map(([, link = '']) => link).filter((link) => !/^https:\/\//.test(link));
}

function leadsSomewhere(page: Page, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const path =
    file === ''
      ? page.path
      : normalize(join(dirname(page.path), file))
          .split(sep)
          .join('/');
  if (!existsSync(join(ROOT, path))) return false;
  return anchor === undefined || (path.endsWith('.md') && anchorsOf(readPage(path)).has(anchor));
}

/** A word behind the program's name is a command, the one behind a group a subcommand; options are those of what runs. */
function faultsOf(word: string, rest: string): string[] {
  if (['help', '--help', '--version', '--config'].includes(word)) return [];
  const command = COMMANDS.find(({ name }) => name === word);
  if (!command) return [word];
  const verb = /^ ([a-z]+)\b/.exec(rest)?.[1];
  const all = isGroup(command) ? command.subcommands : [command];
  const named = isGroup(command) && verb !== undefined ? all.filter(({ name }) => name === verb) : all;
  if (named.length === 0) return [`${word} ${verb}`];
  const known = ['help', ...named.flatMap(({ options }) => Object.keys(options))];
  const options = [...rest.matchAll(/(?<=\s)--([a-z][a-z-]*)/g)].map(([, option = '']) => option);
  return options.filter((option) => !known.includes(option)).map((option) => `${word} --${option}`);
}
