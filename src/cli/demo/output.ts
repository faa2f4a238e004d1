import { quote } from '../../lib/text/quote.ts';

/** What the demo prints, and whether everything was as it should be. */
export interface Stage {
  act(title: string): void;
  say(text: string): void;
  question(message: string, answer: string): void;
  call(tool: string, args: unknown): void;
  result(result: Record<string, unknown>): void;
  /** An expectation; one that fails makes the demo fail. */
  expect(holds: boolean, what: string): void;
  failures(): number;
  checks(): number;
}

export function openStage(): Stage {
  const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const line = (text: string) => process.stdout.write(`${text}\n`);
  let acts = 0;
  let checks = 0;
  let failures = 0;
  return {
    act: (title) => line(`\n${paint(1, `${++acts}. ${title}`)}`),
    say: (text) => line(`   ${text}`),
    question(message, answer) {
      line(paint(36, indent(`┌ asked\n${message.replace(/^/gm, '│ ')}\n└ answered: ${answer}`)));
    },
    call: (tool, args) => line(paint(2, `   agent → ${tool} ${JSON.stringify(args)}`)),
    result(result) {
      const changes = (result['changes'] ?? []) as { field: string; before: unknown; after: unknown }[];
      line(
        `   → ${paint(1, String(result['outcome']))}${result['code'] === undefined ? '' : ` (${String(result['code'])})`}`,
      );
      for (const { field, before, after } of changes) line(`     ${field}: ${quote(before)} → ${quote(after)}`);
      if (result['message'] !== undefined) line(`     ${String(result['message'])}`);
    },
    expect(holds, what) {
      checks++;
      if (!holds) failures++;
      line(`   ${holds ? paint(32, '✓') : paint(31, '✗ NOT SO:')} ${what}`);
    },
    failures: () => failures,
    checks: () => checks,
  };
}

function indent(text: string): string {
  return text.replace(/^/gm, '   ');
}
