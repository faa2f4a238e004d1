#!/usr/bin/env node
import './lib/zod-jitless.ts';
import { run as serve } from './cli/commands/stdio.ts';
import { drainOutput, tolerateClosedReaders } from './cli/output.ts';
import { UsageError } from './errors.ts';

let isWritten = true;
tolerateClosedReaders((problem) => {
  isWritten = false;
  process.stderr.write(`update-user-mcp: the output could not be written (${problem})\n`);
});
void main(process.argv.slice(2)).then(async (code) => {
  await drainOutput();
  // A store, a socket or a listener may still be open; all work is done.
  process.exit(code === 0 && !isWritten ? 1 : code);
});

async function main(words: string[]): Promise<number> {
  try {
    // How nearly every client starts it: what only people and scripts need is not loaded.
    const [first, config, ...more] = words[0] === 'stdio' ? words.slice(1) : words;
    const isConfig = first === '--config' && config !== undefined && /^[^-]/.test(config) && more.length === 0;
    if (first === undefined || isConfig) return await serve({ values: config === undefined ? {} : { config } });
    return await (await import('./cli/invocation/run.ts')).run(words);
  } catch (error) {
    process.stderr.write(`update-user-mcp: ${error instanceof Error ? error.message : 'failed'}\n`);
    if (error instanceof UsageError) return 2;
    return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : 1;
  }
}
