import { connectionProblem } from './connection-problem.ts';
import type { LogFacts } from './log.ts';
import { maskByShape } from './text/mask-by-shape.ts';

const FRAMES = 12;

/**
 * What the log says about an unexpected error: its message masked by shape, since it may quote a value, its stack, and
 * the code of its cause. The log also scrubs credentials.
 */
export function errorFacts(error: unknown): LogFacts {
  if (!(error instanceof Error)) return { problem: 'thrown: not an error' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = connectionProblem(error);
  return {
    problem: `${error.name}: ${maskByShape(error.message.slice(0, 500))}`,
    ...(frames.length > 0 && { stack: frames.slice(0, FRAMES).join('\n') }),
    ...(cause && { reason: cause.reason, remedy: cause.remedy }),
  };
}
