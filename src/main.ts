#!/usr/bin/env node
import './lib/zod-jitless.ts';
import manifest from '../package.json' with { type: 'json' };
import { run as runStdio } from './cli/commands/stdio.ts';
import { drainOutput, tolerateClosedReaders } from './cli/output.ts';
import { UsageError } from './errors.ts';

/** One command: its summary line and how it runs. Each is loaded only when it is called. */
interface Command {
  summary: string;
  run(args: string[]): Promise<number>;
}

const commands: Record<string, Command> = {
  stdio: {
    summary: 'serve one MCP client over stdin and stdout (the default)',
    run: runStdio,
  },
  http: {
    summary: 'serve many MCP clients over HTTP',
    run: async (args) => (await import('./cli/commands/http.ts')).run(args),
  },
  healthcheck: {
    summary: 'ask a running http server whether it can do its work, for containers',
    run: async (args) => (await import('./cli/commands/healthcheck.ts')).run(args),
  },
  doctor: {
    summary: 'check every connection by reading only, then store and key',
    run: async (args) => (await import('./cli/commands/doctor.ts')).run(args),
  },
  init: {
    summary: 'write a starter mcp.config.json and print client registrations',
    run: async (args) => (await import('./cli/commands/init.ts')).run(args),
  },
  changes: {
    summary: 'list, verify or export the audit log',
    run: async (args) => (await import('./cli/commands/changes.ts')).run(args),
  },
  undo: {
    summary: 'restore what a recorded change replaced',
    run: async (args) => (await import('./cli/commands/undo.ts')).run(args),
  },
  approvals: {
    summary: 'list pending approvals, or serve the approval page',
    run: async (args) => (await import('./cli/commands/approvals.ts')).run(args),
  },
  approve: {
    summary: 'approve a pending change',
    run: async (args) => (await import('./cli/commands/decide.ts')).run('approve', args),
  },
  reject: {
    summary: 'decline a pending change',
    run: async (args) => (await import('./cli/commands/decide.ts')).run('reject', args),
  },
  approver: {
    summary: 'add, list or remove the people who may approve',
    run: async (args) => (await import('./cli/commands/approver.ts')).run(args),
  },
  sandbox: {
    summary: 'run every vendor in a sandbox on loopback, with people in it',
    run: async (args) => (await import('./cli/commands/sandbox.ts')).run(args),
  },
  demo: {
    summary: 'demonstrate everything on the sandbox, start to end',
    run: async (args) => (await import('./cli/demo/demo.ts')).run(args),
  },
};

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

async function main(argv: string[]): Promise<number> {
  const [first = 'stdio'] = argv;
  try {
    if (first === '--help' || first === '-h') return await print(help());
    if (first === '--version') return await print(manifest.version);
    const named = !first.startsWith('-');
    const command = Object.hasOwn(commands, named ? first : 'stdio') ? commands[named ? first : 'stdio'] : undefined;
    if (!command) throw new UsageError(`${first}: no such command; update-user-mcp --help lists them`);
    return await command.run(named ? argv.slice(1) : argv);
  } catch (error) {
    if (error instanceof UsageError || isArgumentError(error)) {
      process.stderr.write(`update-user-mcp: ${error.message}\n`);
      return 2;
    }
    process.stderr.write(`update-user-mcp: ${error instanceof Error ? error.message : 'failed'}\n`);
    return 1;
  }
}

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  return [
    'update-user-mcp: lets an AI agent change people’s records, with a person’s yes.',
    '',
    'Usage: update-user-mcp [command] [options]',
    '',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Every command takes --help. Settings: --config FILE or the environment; see README.md.',
  ].join('\n');
}

async function print(text: string): Promise<number> {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** `parseArgs` throws TypeErrors with codes of its own for unknown options. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
