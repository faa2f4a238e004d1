import type { ServerContext } from '@modelcontextprotocol/server';
import type { AppError } from '../../errors.ts';
import type { Caller } from '../../update/types.ts';

/** Hints a client may rely on when it decides whether to ask its user; the reason stands beside each tool's own. */
export interface Annotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** What a tool handler is given besides its arguments: nothing of MCP but what the context carries. */
export interface Tool {
  name: string;
  title: string;
  description: string;
  inputSchema: Record<string, unknown>;
  annotations: Annotations;
  /** How large an answer may be, text and structure together; `bounds.answerBytes` where it does not say. */
  answerBytes?: number;
  /** Answers calls with `unreadable` arguments itself, since it keeps an entry of every attempt. */
  recordsUnreadable?: true;
  /** Answers every call, bad arguments included. What it throws is turned into words at one boundary. */
  handle(args: unknown, context: ToolContext): Promise<ToolResult>;
}

export interface ToolContext {
  mcp: ServerContext;
  caller: Caller;
  /** Why the arguments as a whole cannot be read; they are `{}` then. */
  unreadable?: AppError;
  canAsk: boolean;
  /** Whether the client can send its user to a page (URL-mode elicitation). */
  canOpenPages: boolean;
  /** Whether this request is of the 2026-07-28 revision, where a question is a result the client comes back from. */
  modern: boolean;
  /** Ends when the server stops: from then on nobody is waited for who was asked something. */
  stopping?: AbortSignal;
}

/** An answer that ends the call. */
export type FinalToolResult = {
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
};

export type ToolResult = FinalToolResult | import('@modelcontextprotocol/server').InputRequiredResult;
