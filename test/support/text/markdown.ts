import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../sources/read.ts';

/** The documentation: Markdown files at the top, in docs/ and in .github/. */

export { ROOT };

export interface Page {
  /** Below the root, with slashes. */
  path: string;
  text: string;
  /** The text without code blocks and code spans. */
  prose: string;
  /** Code spans and the lines of code blocks. */
  code: string[];
  blocks: CodeBlock[];
}

export interface CodeBlock {
  language: string;
  text: string;
}

export function readPages(): Page[] {
  const folders = ['.', 'docs', '.github'];
  const paths = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => (folder === '.' ? name : `${folder}/${name}`)),
  );
  return paths.map(readPage);
}

export function readPage(path: string): Page {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const fence = /^( *)```([^\n]*)\n(.*?)^ *```$/gms;
  const blocks = [...text.matchAll(fence)].map(([, indent = '', language = '', body = '']) => ({
    language,
    text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
  const unfenced = text.replaceAll(fence, '');
  const spans = [...unfenced.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return {
    path,
    text,
    prose: unfenced.replaceAll(/`[^`\n]+`/g, ''),
    code: [...spans, ...blocks.flatMap((block) => block.text.split('\n'))],
    blocks,
  };
}

/** The fragments that GitHub makes of a page's headings. */
export function anchorsOf({ text }: Page): Set<string> {
  const headings = [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#{1,6} (.+)$/gm)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}

/** The text below a heading, up to the next one. */
export function sectionOf(path: string, heading: string): string {
  const literal = heading.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`^#+ ${literal}$(.*?)(?=^#|(?![^]))`, 'ms').exec(readPage(path).text)?.[1] ?? '';
}

/** The code spans that begin the rows of the tables below a heading. */
export function firstColumn(path: string, heading: string): string[] {
  return [...sectionOf(path, heading).matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
}
