import type { App } from '../../app.ts';
import { quoteName, quoteStart } from '../../lib/text/quote.ts';
import type { Call } from '../../update/context.ts';
import type { Result } from '../../update/types.ts';
import { update } from '../../update/update.ts';
import { createAskUser } from './elicitation.ts';
import { toToolResult } from './results.ts';
import type { ToolContext, ToolResult } from './tool.ts';

/** Runs `update`, asking the client's user if it has to be confirmed. */
export type RunUpdate = (call: Call, context: ToolContext) => Promise<ToolResult>;

export function createRunUpdate(app: App): RunUpdate {
  const askUser = createAskUser(app);
  return async (call, context) => {
    const ports = await app.ports();
    const run: Parameters<typeof askUser<Result>>[0]['run'] = async (round) =>
      await update({ ...call, ...round }, ports);
    return await askUser({ kind: 'result', run, toToolResult, pageMessage }, context);
  };
}

/** Names the user and the fields. */
function pageMessage({ provider, user, changes }: Result): string {
  const shown = changes.slice(0, 5).map(({ field }) => quoteName(field));
  const fields = [...new Set(shown), ...(changes.length > 5 ? [`${changes.length - 5} more`] : [])].join(', ');
  const id = `user ${quoteStart(user.id)}`;
  const who = user.label === undefined ? id : `${quoteStart(user.label)} (${id})`;
  return `A change of ${who} at ${provider} waits for an approver: ${fields}. Open the approval page?`;
}
