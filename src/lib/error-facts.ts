import { connectionProblem } from './connection-problem.ts';
import type { LogFacts } from './log.ts';
import { maskByShape } from './text/mask-by-shape.ts';

const FRAMES = 12;

/**
 * What the log says of an error that nobody foresaw: its message masked by shape, since it may quote a value, the calls
 * that led to it, and the code of its cause. The log scrubs credentials on top.
 */
export function errorFacts(error: unknown): LogFacts {
  if (!(error instanceof Error)) return { problem: 'thrown: no error' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const found = connectionProblem(error);
  return {
    problem: `${error.name}: ${maskByShape(error.message.slice(0, 500))}`,
    ...(frames.length > 0 && { stack: frames.slice(0, FRAMES).join('\n') }),
    ...(found && { reason: found.reason, remedy: found.remedy }),
  };
}
