#!/usr/bin/env node
import './lib/zod-jitless.ts';
import { main } from './cli/main.ts';
import { drainOutput, tolerateClosedReaders } from './cli/output.ts';

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
