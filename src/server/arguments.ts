import type * as z from 'zod';
import { AppError } from '../errors.ts';
import type { ToolAnswer } from './tool.ts';

/** Arguments that do not fit, every fault named with its path, in the shape of every other answer. */
export function invalidArguments(error: z.ZodError): ToolAnswer {
  return failed(new AppError('invalid_input', faultsOf(error).join('\n')));
}

/** A failed call of a tool that changes nothing by itself. */
export function failed({ code, message, facts }: AppError): ToolAnswer {
  const next = facts.next ?? (code === 'invalid_input' ? 'Correct the arguments and call again.' : undefined);
  const lines = [`failed: ${message}`, 'Nothing was changed.', `Code: ${code}.`, ...(next ? [`Next: ${next}`] : [])];
  return {
    content: [{ type: 'text', text: lines.join('\n') }],
    structuredContent: { outcome: 'failed', code, message, changes: [], ...(next && { next }) },
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
