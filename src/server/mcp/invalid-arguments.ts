import * as z from 'zod';
import { AppError } from '../../errors.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { echo } from '../../lib/text/printable.ts';
import { suggest } from '../../lib/text/suggest.ts';
import { shapeFaults, withoutNulls } from '../../update/request/argument-shape.ts';
import { type Fault, issueWords, namedFaults } from '../../update/request/validate.ts';
import { nextAfter } from '../../update/results/next-steps.ts';
import type { ToolResult } from './tool.ts';

/**
 * The arguments of a tool that serves all providers, by its schema. Optional ones may be null. What does not fit is
 * answered in the shape of every other answer, every fault named with its path.
 */
export function parseArguments<S extends z.ZodObject>(
  schema: S,
  raw: unknown,
): { data: z.output<S>; refusal?: undefined } | { data?: undefined; refusal: ToolResult } {
  const unfit = shapeFaults(raw);
  if (unfit.length > 0) return { refusal: failed(new AppError('invalid_input', unfit.join('\n'))) };
  const names = Object.keys(schema.shape);
  const parsed = schema.safeParse(withoutNulls(isObject(raw) ? raw : {}, names), { reportInput: false });
  if (parsed.success) return { data: parsed.data };
  const faults = parsed.error.issues.flatMap((issue) => issueFaults(issue, names));
  return { refusal: failed(new AppError('invalid_input', namedFaults(faults).join('\n'))) };
}

/** A failed call of a tool that changes nothing by itself. */
export function failed(error: AppError): ToolResult {
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

function issueFaults(issue: z.core.$ZodIssue, names: readonly string[]): Fault[] {
  const path = issue.path.map((key) => echo(String(key))).join('.') || 'arguments';
  if (issue.code !== 'unrecognized_keys') return [() => `${path}: ${issueWords(issue)}`];
  return issue.keys.map((key) => () => {
    const near = suggest(key, names);
    return `${echo(key)}: not a known argument${near === undefined ? '' : `; did you mean ${near}?`}`;
  });
}
