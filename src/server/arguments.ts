import type * as z from 'zod';
import { AppError } from '../errors.ts';
import { nextAfter } from '../update/next-steps.ts';
import type { ToolAnswer } from './tool.ts';

/** Arguments that do not fit, every fault named with its path, in the shape of every other answer. */
export function invalidArguments(error: z.ZodError): ToolAnswer {
  return failed(new AppError('invalid_input', faultsOf(error).join('\n')));
}

/** A failed call of a tool that changes nothing by itself. */
export function failed(error: AppError): ToolAnswer {
  const { code } = error;
  // Faults stand one a line, and so does what they came to.
  const message = `${error.message}${code === 'invalid_input' ? '\n' : ' '}Nothing was changed.`;
  const next = nextAfter(error);
  const lines = [`failed: ${message}`, `Code: ${code}.`, `Next: ${next}`];
  return {
    content: [{ type: 'text', text: lines.join('\n') }],
    structuredContent: { outcome: 'failed', code, message, changes: [], next },
    isError: true,
  };
}

function faultsOf(error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.') || 'arguments';
    if (issue.code !== 'unrecognized_keys') return [`${path}: ${issue.message.replace(/^Invalid input: /, '')}`];
    return issue.keys.map((key) => `${key.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)}: not a known argument`);
  });
}
