import { quote } from '../../lib/text/quote.ts';

/** Prints the demo, and counts what was checked. */
export interface DemoOutput {
  /** The heading of a numbered scene. */
  scene(title: string): void;
  say(text: string): void;
  call(tool: string, args: unknown): void;
  question(message: string, answer: string): void;
  result(result: Record<string, unknown>): void;
  /** A check that fails makes the demo fail. */
  check(holds: boolean, what: string): void;
  counts(): { passed: number; failed: number };
}

export function createOutput(): DemoOutput {
  const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const line = (text: string) => process.stdout.write(`${text}\n`);
  /** A blank line goes between a check and the next call of a scene. */
  let isAfterCheck = false;
  let scenes = 0;
  let passed = 0;
  let failed = 0;
  return {
    scene(title) {
      line(`\n${paint(1, `${++scenes}. ${title}`)}`);
      isAfterCheck = false;
    },
    say: (text) => line(`   ${text}`),
    call(tool, args) {
      if (isAfterCheck) line('');
      isAfterCheck = false;
      line(paint(2, `   agent → ${tool} ${JSON.stringify(args)}`));
    },
    question(message, answer) {
      const lines = ['┌ the person is asked', ...message.split('\n').map((text) => `│ ${text}`), `└ answer: ${answer}`];
      line(paint(36, lines.map((text) => `   ${text}`).join('\n')));
    },
    result(result) {
      const code = result['code'] === undefined ? '' : ` (${String(result['code'])})`;
      line(`   → ${paint(1, String(result['outcome']))}${code}`);
      const changes = (result['changes'] ?? []) as { field: string; before: unknown; after: unknown }[];
      for (const { field, before, after } of changes) line(`     ${field}: ${quote(before)} → ${quote(after)}`);
      if (result['message'] !== undefined) line(`     ${String(result['message'])}`);
    },
    check(holds, what) {
      if (holds) passed++;
      else failed++;
      isAfterCheck = true;
      line(`   ${holds ? paint(32, '✓') : paint(31, '✗ FAILED:')} ${what}`);
    },
    counts: () => ({ passed, failed }),
  };
}
