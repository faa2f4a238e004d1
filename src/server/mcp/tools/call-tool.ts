import type { App } from '../../../app.ts';
import { AppError } from '../../../errors.ts';
import { errorFacts } from '../../../lib/error-facts.ts';
import { limitResultSize } from '../result-size.ts';
import { toFailedResult } from '../results.ts';
import type { Tool, ToolContext, ToolResult } from '../tool.ts';

/** The one error boundary: errors that a handler throws become our own text here, and foreign text is not passed on. */
export async function callTool(tool: Tool, args: unknown, context: ToolContext, app: App): Promise<ToolResult> {
  try {
    if (context.unreadable && !tool.recordsUnreadable) throw context.unreadable;
    return limitResultSize(await tool.handle(args, context), tool.resultBytes);
  } catch (error) {
    if (error instanceof AppError) return limitResultSize(toFailedResult(error), tool.resultBytes);
    app.log.error({ tool: tool.name, ...errorFacts(error) }, 'a call failed');
    return toFailedResult(new AppError('internal', 'Something went wrong inside the server; its log says what.'));
  }
}
