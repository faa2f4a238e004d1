import { quote } from '../../lib/text/quote.ts';
import { paint } from '../colour.ts';

/** Prints the demo, and counts what was checked. */
export interface DemoOutput {
  /** The heading of a numbered scene. */
  scene(title: string): void;
  say(text: string): void;
  call(tool: string, args: unknown): void;
  /** A command that a person starts. */
  command(args: readonly string[]): void;
  question(message: string, answer: string): void;
  result(result: Record<string, unknown>): void;
  /** A check that fails makes the demo fail. */
  check(holds: boolean, what: string): void;
  counts(): { passed: number; failed: number };
}

export function createOutput(): DemoOutput {
  const line = (text: string) => process.stdout.write(`${text}\n`);
  /** A blank line goes between a check and the next call of a scene. */
  let isAfterCheck = false;
  let scenes = 0;
  let passed = 0;
  let failed = 0;
  return {
    scene(title) {
      line(`\n${paint('bold', `${++scenes}. ${title}`)}`);
      isAfterCheck = false;
    },
    say: (text) => line(`   ${text}`),
    call(tool, args) {
      if (isAfterCheck) line('');
      isAfterCheck = false;
      line(paint('dim', `   agent → ${tool} ${JSON.stringify(args)}`));
    },
    command(args) {
      if (isAfterCheck) line('');
      isAfterCheck = false;
      line(paint('dim', `   $ update-user-mcp ${args.join(' ')}`));
    },
    question(message, answer) {
      const lines = ['┌ the person is asked', ...message.split('\n').map((text) => `│ ${text}`), `└ answer: ${answer}`];
      line(paint('cyan', lines.map((text) => `   ${text}`).join('\n')));
    },
    result(result) {
      const code = result['code'] === undefined ? '' : ` (${String(result['code'])})`;
      line(`   → ${paint('bold', String(result['outcome']))}${code}`);
      const changes = (result['changes'] ?? []) as { field: string; before: unknown; after: unknown }[];
      for (const { field, before, after } of changes) line(`     ${field}: ${quote(before)} → ${quote(after)}`);
      if (result['message'] !== undefined) line(`     ${String(result['message'])}`);
    },
    check(holds, what) {
      if (holds) passed++;
      else failed++;
      isAfterCheck = true;
      line(`   ${holds ? paint('green', '✓') : paint('red', '✗ FAILED:')} ${what}`);
    },
    counts: () => ({ passed, failed }),
  };
}
