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
import { lazy } from '../../lib/async/lazy.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { quoteName, quoteStart } from '../../lib/text/quote.ts';
import { spelledOut } from '../../update/confirm/typed-name.ts';
import type { Call } from '../../update/context.ts';
import type { CallOrigin } from '../../update/read-call.ts';
import type { Answer, Ask, ConfirmationToken, Question, Result } from '../../update/types.ts';
import { update } from '../../update/update.ts';
import { toToolResult } from './results.ts';
import type { ToolContext, ToolResult } from './tool.ts';

const KEY = 'confirm';
/** A typed name can be corrected, and a record can move; more rounds than this mean that the client loops. */
const MAX_ROUNDS = 8;
const PAGE_TIMEOUT_MS = 30_000;

type TokenCodec = RequestStateCodec<ConfirmationToken>;

/** Runs `update`, asking the client's user if it has to be confirmed. */
export type RunUpdate = (call: Call, context: ToolContext) => Promise<ToolResult>;

/** What one run of the pipeline learns from the conversation with the client. */
type Round = Pick<Call, 'answer' | 'canAsk' | 'unanswered'>;

export function createRunUpdate(app: App): RunUpdate {
  const codec = lazy(() => createTokenCodec(app));
  return async (call, context) => {
    const ports = await app.ports();
    const run = async (round: Round) => await update({ ...call, ...round }, ports);
    if (context.modern) return await askByResult(context, await codec(), run);
    return await askByRequest(context, app.settings.confirmation.answerWithinMs, run);
  };
}

/** Who calls, and how far the client can be asked. */
export function originOf({ caller, canAsk, mcp }: ToolContext): CallOrigin {
  return { caller, canAsk, signal: mcp.mcpReq.signal };
}

/**
 * Signs confirmation tokens that travel through the client. They have their own expiry; the codec's is an outer bound. The
 * purpose of the key keeps its old name: another one would invalidate tokens in use.
 */
async function createTokenCodec({ settings, seal }: Pick<App, 'settings' | 'seal'>): Promise<TokenCodec> {
  const ttlSeconds = Math.ceil(settings.confirmation.expiresMs / 1000) + 3600;
  return createRequestStateCodec<ConfirmationToken>({ key: (await seal()).subkey('ticket'), ttlSeconds });
}

/** The 2026-07-28 revision: the question is a result, and the answer comes with a new request. */
async function askByResult(
  context: ToolContext,
  codec: TokenCodec,
  run: (round: Round) => Promise<Result | Ask>,
): Promise<ToolResult> {
  const { mcp, canAsk } = context;
  const answer = await readAnswer(mcp, codec);
  const reply = await run({ ...(answer && { answer }), canAsk });
  if (reply.kind === 'result') return await withApprovalPage(context, reply);
  const requestState = await codec.mint(reply.token, mcp);
  return inputRequired({ inputRequests: { [KEY]: inputRequired.elicit(toForm(reply.question)) }, requestState });
}

/** The revisions of 2025: the question is a request of ours, sent while the client's request waits. */
async function askByRequest(
  context: ToolContext,
  answerWithinMs: number,
  run: (round: Round) => Promise<Result | Ask>,
): Promise<ToolResult> {
  const { canAsk } = context;
  let answer: Answer | undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const reply = await run({ ...(answer && { answer }), canAsk });
    if (reply.kind === 'result') return await withApprovalPage(context, reply);
    answer = await elicit(context, reply, answerWithinMs);
    if (answer === undefined && context.mcp.mcpReq.signal.aborted) return toToolResult(await reply.abandon());
    if (answer === undefined) break;
  }
  const reply = await run({ canAsk: false, unanswered: true });
  if (reply.kind === 'ask') throw new AppError('internal', 'A question came up although the client cannot be asked.');
  return await withApprovalPage(context, reply);
}

/** Offers the approval page to a client that can open pages. Whatever the client answers, the result is the same. */
async function withApprovalPage(context: ToolContext, result: Result): Promise<ToolResult> {
  const { mcp, modern, canOpenPages } = context;
  const url = result.approval?.url;
  if (result.outcome !== 'needs_approval' || url === undefined || !canOpenPages) return toToolResult(result);
  const params = {
    mode: 'url' as const,
    message: pageMessage(result),
    url,
    elicitationId: result.approval?.id ?? url,
  };
  if (modern) {
    const wasAsked = mcp.mcpReq.inputResponses !== undefined;
    if (wasAsked) return toToolResult(result);
    // This revision has no `elicitationId`. Copilot CLI rejects a question without one, and other clients ignore it.
    return inputRequired({ inputRequests: { page: { method: 'elicitation/create', params } } });
  }
  await mcp.mcpReq
    .send({ method: 'elicitation/create', params }, { signal: waitSignal(context), timeout: PAGE_TIMEOUT_MS })
    .catch(() => {});
  return toToolResult(result);
}

/** Which user and fields the page is about: a client may show nothing but this and the address. */
function pageMessage({ provider, user, changes }: Result): string {
  const shown = changes.slice(0, 5).map(({ field }) => quoteName(field));
  const fields = [...new Set(shown), ...(changes.length > 5 ? [`${changes.length - 5} more`] : [])].join(', ');
  const id = `user ${quoteStart(user.id)}`;
  const who = user.label === undefined ? id : `${quoteStart(user.label)} (${id})`;
  return `A change of ${who} at ${provider} waits for an approver: ${fields}. Open the approval page?`;
}

/** The answer to an earlier question. Undefined without a token that we signed. */
async function readAnswer(mcp: ServerContext, codec: TokenCodec): Promise<Answer | undefined> {
  const state: unknown = mcp.mcpReq.requestState();
  if (typeof state !== 'string') return undefined;
  const token = await codec.verify(state, mcp).catch(() => undefined);
  const responses: unknown = mcp.mcpReq.inputResponses;
  // Own properties only: a `__proto__` in the message arrives as a prototype.
  if (!isObject(responses) || !Object.hasOwn(responses, KEY)) return undefined;
  const response = inputResponse(mcp.mcpReq.inputResponses, KEY);
  if (!token || response.kind !== 'elicit') return undefined;
  return toAnswer(token, response.action, response.content);
}

async function elicit(context: ToolContext, { question, token }: Ask, timeout: number): Promise<Answer | undefined> {
  const { mcpReq } = context.mcp;
  try {
    const params = { mode: 'form' as const, ...toForm(question) };
    const options = { timeout, signal: waitSignal(context), relatedRequestId: mcpReq.id };
    const response = await mcpReq.send({ method: 'elicitation/create', params }, options);
    return toAnswer(token, response.action, response.content);
  } catch {
    return undefined; // no answer in time, or one that the protocol does not know
  }
}

/** Aborted when the client cancels its request, or when the server stops. */
function waitSignal({ mcp, stopping }: ToolContext): AbortSignal {
  return stopping ? AbortSignal.any([mcp.mcpReq.signal, stopping]) : mcp.mcpReq.signal;
}

function toAnswer(
  token: ConfirmationToken,
  action: Answer['action'],
  content: Record<string, unknown> | undefined,
): Answer {
  const choice = CHOICES.find(({ text }) => text === content?.['confirm'])?.means;
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

/** The harmless choice comes first, because some clients preselect the first. */
const CHOICES = [
  { text: 'No, change nothing', means: 'no' },
  { text: 'Yes, make this change', means: 'yes' },
] as const;

const KEEP = 'No, keep what is there now';
const OVERWRITE = 'Yes, overwrite it';

/** Requires content and has no defaults, because some hosts accept forms without asking anyone. */
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
