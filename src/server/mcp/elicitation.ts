import {
  createRequestStateCodec,
  type ElicitRequestFormParams,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { App } from '../../app.ts';
import { AppError } from '../../errors.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { quoteName, quoteStart } from '../../lib/text/quote.ts';
import { spelledOut } from '../../update/confirm/typed-name.ts';
import type { Call } from '../../update/context.ts';
import type { Answer, Ask, ConfirmationToken, Outcome, Question, Result } from '../../update/types.ts';
import { toToolResult } from './results.ts';
import type { ToolContext, ToolResult } from './tool.ts';

const KEY = 'confirm';

export type TicketCodec = RequestStateCodec<ConfirmationToken>;

/** Signs tickets that travel through the client. A ticket has its own expiry; the codec's is only an outer bound. */
export async function tokenCodec({ settings, seal }: Pick<App, 'settings' | 'seal'>): Promise<TicketCodec> {
  const ttlSeconds = Math.ceil(settings.confirmation.expiresMs / 1000) + 3600;
  return createRequestStateCodec<ConfirmationToken>({ key: (await seal()).subkey('ticket'), ttlSeconds });
}

/**
 * Walks the road until it ends or a question has to leave the process. Clients of the 2026-07-28 revision are handed
 * the question and come back with the answer; clients of 2025 are asked here, while their request waits.
 */
export async function converse(
  context: ToolContext,
  codec: TicketCodec,
  answerWithinMs: number,
  walk: (turn: Turn) => Promise<Outcome>,
): Promise<ToolResult> {
  if (context.modern) {
    const answer = await readAnswer(context.mcp, codec);
    const outcome = await walk({ ...(answer && { answer }), canAsk: context.canAsk });
    if (outcome.kind === 'result') return await orOpenPage(context, outcome);
    const requestState = await codec.mint(outcome.token, context.mcp);
    return inputRequired({ inputRequests: { [KEY]: inputRequired.elicit(toForm(outcome.question)) }, requestState });
  }
  let answer: Answer | undefined;
  for (let round = 0; round < 8; round++) {
    const outcome = await walk({ ...(answer && { answer }), canAsk: context.canAsk });
    if (outcome.kind === 'result') return await orOpenPage(context, outcome);
    answer = await elicit(context, outcome, answerWithinMs);
    if (answer === undefined && context.mcp.mcpReq.signal.aborted) return toToolResult(await outcome.abandon());
    if (answer === undefined) break;
  }
  const outcome = await walk({ canAsk: false, unanswered: true });
  if (outcome.kind === 'ask') throw new AppError('internal', 'A question was put to nobody.');
  return await orOpenPage(context, outcome);
}

/** What one walk of the road goes by. */
export type Turn = Pick<Call, 'answer' | 'canAsk' | 'unanswered'>;

/** A client that can open pages is sent to the approval page; whatever it says, the result tells where things stand. */
async function orOpenPage(context: ToolContext, result: Result): Promise<ToolResult> {
  const { mcp, modern, canOpenPages } = context;
  const url = result.approval?.url;
  if (result.outcome !== 'needs_approval' || url === undefined || !canOpenPages) return toToolResult(result);
  const message = pageMessage(result);
  const params = { mode: 'url' as const, message, url, elicitationId: result.approval?.id ?? url };
  if (modern) {
    const asked = mcp.mcpReq.inputResponses !== undefined;
    if (asked) return toToolResult(result);
    // This revision has no `elicitationId` any more; Copilot CLI refuses a question without one, and others ignore it.
    return inputRequired({ inputRequests: { page: { method: 'elicitation/create', params } } });
  }
  await mcp.mcpReq
    .send({ method: 'elicitation/create', params }, { signal: patience(context), timeout: 30_000 })
    .catch(() => {});
  return toToolResult(result);
}

/** Whom and what the page is about: the client may show nothing but this and the address. */
function pageMessage({ provider, user, changes }: Result): string {
  const shown = changes.slice(0, 5).map(({ field }) => quoteName(field));
  const fields = [...new Set(shown), ...(changes.length > 5 ? [`${changes.length - 5} more`] : [])].join(', ');
  const id = `user ${quoteStart(user.id)}`;
  const who = user.label === undefined ? id : `${quoteStart(user.label)} (${id})`;
  return `A change of ${who} at ${provider} waits for an approver: ${fields}. Open the approval page?`;
}

/** The answer to an earlier question, or undefined: an answer without a ticket of ours is none. */
async function readAnswer(mcp: ServerContext, codec: TicketCodec): Promise<Answer | undefined> {
  const state: unknown = mcp.mcpReq.requestState();
  if (typeof state !== 'string') return undefined;
  const token = await codec.verify(state, mcp).catch(() => undefined);
  const responses: unknown = mcp.mcpReq.inputResponses;
  // Own properties only: a `__proto__` on the wire arrives as a prototype.
  if (!isObject(responses) || !Object.hasOwn(responses, KEY)) return undefined;
  const response = inputResponse(mcp.mcpReq.inputResponses, KEY);
  if (!token || response.kind !== 'elicit') return undefined;
  return toAnswer(token, response.action, response.content);
}

async function elicit(context: ToolContext, { question, token }: Ask, timeout: number): Promise<Answer | undefined> {
  const { mcpReq } = context.mcp;
  try {
    const params = { mode: 'form' as const, ...toForm(question) };
    const options = { timeout, signal: patience(context), relatedRequestId: mcpReq.id };
    const response = await mcpReq.send({ method: 'elicitation/create', params }, options);
    return toAnswer(token, response.action, response.content);
  } catch {
    return undefined; // no answer in time, or none the protocol knows
  }
}

/** Ends when the client takes its request back, or the server stops. */
function patience({ mcp, stopping }: ToolContext): AbortSignal {
  return stopping ? AbortSignal.any([mcp.mcpReq.signal, stopping]) : mcp.mcpReq.signal;
}

function toAnswer(
  token: ConfirmationToken,
  action: Answer['action'],
  content: Record<string, unknown> | undefined,
): Answer {
  const choice = CHOICES.find((one) => one.text === content?.['confirm'])?.means;
  const typed = content?.['typed'];
  return {
    token,
    action,
    afterMs: Math.max(0, Date.now() - token.mintedAt),
    overwrite: content?.['overwrite'] === OVERWRITE,
    ...(choice && { choice }),
    ...(typeof typed === 'string' && { typed }),
  };
}

/** Some clients preselect what comes first: it is the harmless one. */
const CHOICES = [
  { text: 'No, change nothing', means: 'no' },
  { text: 'Yes, make this change', means: 'yes' },
] as const;

const KEEP = 'No, keep what is there now';
const OVERWRITE = 'Yes, overwrite it';

/** Always demands content, and gives no default: some hosts accept forms on their own. */
function toForm({ message, typed, contested }: Question): Omit<ElicitRequestFormParams, 'mode'> {
  return {
    message,
    requestedSchema: {
      type: 'object',
      properties: {
        confirm: { type: 'string', title: 'Make this change?', enum: CHOICES.map(({ text }) => text) },
        ...(contested && {
          overwrite: {
            type: 'string',
            title: `Also overwrite ${contested.join(', ')}, changed since?`,
            enum: [KEEP, OVERWRITE],
          },
        }),
        ...(typed !== undefined && { typed: { type: 'string', title: `Type ${spelledOut(typed)} to confirm` } }),
      },
      required: typed === undefined ? ['confirm'] : ['confirm', 'typed'],
    },
  };
}
