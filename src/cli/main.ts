import { UsageError } from '../errors.ts';
import { run as serve } from './commands/stdio.ts';

/** Runs the command that the arguments of the program name, and says on stderr what prevents it. Returns the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  try {
    // How nearly every client starts it: what only people and scripts need is not loaded.
    const [first, config, ...more] = words[0] === 'stdio' ? words.slice(1) : words;
    const isConfig = first === '--config' && config !== undefined && /^[^-]/.test(config) && more.length === 0;
    if (first === undefined || isConfig) return await serve({ values: config === undefined ? {} : { config } });
    return await (await import('./invocation/run.ts')).run(words);
  } catch (error) {
    process.stderr.write(`update-user-mcp: ${error instanceof Error ? error.message : 'failed'}\n`);
    if (error instanceof UsageError) return 2;
    return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : 1;
  }
}
