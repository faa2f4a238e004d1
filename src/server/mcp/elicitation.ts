import {
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { App } from '../../app.ts';
import { AppError } from '../../errors.ts';
import { lazy } from '../../lib/async/lazy.ts';
import { isObject } from '../../lib/json/json-value.ts';
import type { Call } from '../../update/context.ts';
import type { CallOrigin } from '../../update/read-call.ts';
import type { Answer, Ask, ConfirmationToken, Result } from '../../update/types.ts';
import { toAnswer, toForm } from './confirmation-form.ts';
import type { ToolContext, ToolResult } from './tool.ts';

const KEY = 'confirm';
/** A typed name can be corrected, and a record can move; more rounds than this mean that the client loops. */
const MAX_ROUNDS = 8;
const PAGE_TIMEOUT_MS = 30_000;

type TokenCodec = RequestStateCodec<ConfirmationToken>;

/** What one run of the pipeline learns from the conversation with the client. */
export type Round = Pick<Call, 'answer' | 'canAsk' | 'unanswered'>;

/** How a call ended: the result of one change, or of a batch. */
type EndedCall = { kind: 'result' | 'batch'; outcome: string } & Pick<Result, 'approval'>;

/** What is asked about. */
export interface Confirmable<R extends EndedCall> {
  kind: R['kind'];
  /** Runs the pipeline once. Every round may ask again. */
  run(round: Round): Promise<R | Ask<R>>;
  toToolResult(result: R): ToolResult;
  /** What the approval page is about: a client may show nothing but this and the address. */
  pageMessage(result: R): string;
}

/** Runs the pipeline, asking the client's user if it has to be confirmed. */
export type AskUser = <R extends EndedCall>(asked: Confirmable<R>, context: ToolContext) => Promise<ToolResult>;

export function createAskUser(app: App): AskUser {
  const codec = lazy(() => createTokenCodec(app));
  return async (asked, context) => {
    if (context.modern) return await askByResult(asked, context, await codec());
    return await askByRequest(asked, context, app.settings.confirmation.answerWithinMs);
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
async function askByResult<R extends EndedCall>(
  asked: Confirmable<R>,
  context: ToolContext,
  codec: TokenCodec,
): Promise<ToolResult> {
  const { mcp, canAsk } = context;
  const answer = await readAnswer(mcp, codec, asked.kind);
  const reply = await asked.run({ ...(answer && { answer }), canAsk });
  if (!isAsk(reply)) return await withApprovalPage(asked, context, reply);
  const requestState = await codec.mint(reply.token, mcp);
  return inputRequired({ inputRequests: { [KEY]: inputRequired.elicit(toForm(reply.question)) }, requestState });
}

/** The revisions of 2025: the question is a request of ours, sent while the client's request waits. */
async function askByRequest<R extends EndedCall>(
  asked: Confirmable<R>,
  context: ToolContext,
  answerWithinMs: number,
): Promise<ToolResult> {
  const { canAsk } = context;
  let answer: Answer | undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const reply = await asked.run({ ...(answer && { answer }), canAsk });
    if (!isAsk(reply)) return await withApprovalPage(asked, context, reply);
    answer = await elicit(context, reply, answerWithinMs);
    if (answer === undefined && context.mcp.mcpReq.signal.aborted) return asked.toToolResult(await reply.abandon());
    if (answer === undefined) break;
  }
  const reply = await asked.run({ canAsk: false, unanswered: true });
  if (isAsk(reply)) throw new AppError('internal', 'A question came up although the client cannot be asked.');
  return await withApprovalPage(asked, context, reply);
}

function isAsk<R extends EndedCall>(reply: R | Ask<R>): reply is Ask<R> {
  return reply.kind === 'ask';
}

/** Offers the approval page to a client that can open pages. Whatever the client answers, the result is the same. */
async function withApprovalPage<R extends EndedCall>(
  { toToolResult, pageMessage }: Confirmable<R>,
  context: ToolContext,
  result: R,
): Promise<ToolResult> {
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

/**
 * The answer to an earlier question of this kind. Undefined without a token that we signed: the answer about a batch is
 * none about a single change.
 */
async function readAnswer(mcp: ServerContext, codec: TokenCodec, kind: EndedCall['kind']): Promise<Answer | undefined> {
  const state: unknown = mcp.mcpReq.requestState();
  if (typeof state !== 'string') return undefined;
  const token = await codec.verify(state, mcp).catch(() => undefined);
  const responses: unknown = mcp.mcpReq.inputResponses;
  // Own properties only: a `__proto__` in the message arrives as a prototype.
  if (!isObject(responses) || !Object.hasOwn(responses, KEY)) return undefined;
  const response = inputResponse(mcp.mcpReq.inputResponses, KEY);
  if (!token || response.kind !== 'elicit') return undefined;
  if ((token.batch !== undefined) !== (kind === 'batch')) return undefined;
  return toAnswer(token, response.action, response.content);
}

async function elicit(
  context: ToolContext,
  { question, token }: Pick<Ask, 'question' | 'token'>,
  timeout: number,
): Promise<Answer | undefined> {
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
