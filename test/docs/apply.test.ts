import { expect, it } from 'vitest';
import { fileIn } from '../support/program/apply.ts';
import { startTestServer } from '../support/program/stdio-server.ts';
import { runAtTerminal, type TerminalRun } from '../support/program/terminal.ts';
import { readPage } from '../support/text/markdown.ts';

/** The guide, followed line by line: its files, its commands, and what it says that they print. */

const PAGE = 'docs/apply.md';
const NAMES: Readonly<Record<string, string>> = { csv: 'export.csv', json: 'titles.jsonl' };

it(`${PAGE}: every command does what the page says`, { timeout: 120_000 }, async () => {
  const { blocks } = readPage(PAGE);
  const server = await startTestServer({ config: {} });
  const env = { ...server.env, UPDATE_USER_LOG: 'error', TERM: 'dumb' };
  for (const { language, text } of blocks) {
    const name = NAMES[language];
    if (name) fileIn(server, name, text);
  }
  let batch = '';
  let ran: TerminalRun | undefined;
  const codes: number[] = [];
  for (const { language, text } of blocks) {
    if (language === 'text') expectLines(ran?.screen ?? '', text);
    if (language !== 'sh') continue;
    for (const line of text.trim().split('\n')) {
      const words = line.replaceAll('BATCH_ID', batch).match(/"[^"]*"|\S+/g) ?? [];
      const args = words
        .slice(1)
        .map((word) => word.replaceAll('"', '').replace(/^(?:export|titles)\.\w+$/, `${server.dir}/$&`));
      ran = await runAtTerminal(env, args, [['[y/N] ', 'y']]);
      codes.push(ran.code);
      batch = /Batch ([\w-]+)\r?\n/.exec(ran.screen)?.[1] ?? batch;
    }
  }
  // The person who is unknown is no part of the batch: resuming it finds everything done.
  expect(codes).toEqual([1, 1, 1, 0, 0, 0]);
});

/** The page leaves ids out. */
function expectLines(screen: string, text: string): void {
  const shown = screen.replaceAll('\r', '');
  for (const line of text.split('\n')) {
    const pattern = line
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\w-]+');
    expect(shown).toMatch(new RegExp(pattern));
  }
}
