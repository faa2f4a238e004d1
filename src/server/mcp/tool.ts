import type { InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import type { AppError } from '../../errors.ts';
import type { Caller } from '../../update/types.ts';

/** Hints for clients that decide whether to ask their user. Each tool gives its reasons. */
export interface Annotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** One tool: how it is listed, and what handles its calls. */
export interface Tool {
  name: string;
  title: string;
  description: string;
  inputSchema: Record<string, unknown>;
  annotations: Annotations;
  /** Bytes of a result at most, text and structure together. Default: `bounds.resultBytes`. */
  resultBytes?: number;
  /** Handles calls with `unreadable` arguments itself, because every attempt leaves an audit entry. */
  recordsUnreadable?: true;
  /** Handles every call, bad arguments included. Errors are turned into results at one boundary, in `tools/call-tool.ts`. */
  handle(args: unknown, context: ToolContext): Promise<ToolResult>;
}

/** Facts about a call that its handler gets besides the arguments. */
export interface ToolContext {
  mcp: ServerContext;
  caller: Caller;
  /** Why the arguments as a whole cannot be read. They are `{}` then. */
  unreadable?: AppError;
  /** Whether the client can show its user a form. */
  canAsk: boolean;
  /** Whether the client can open a page for its user (URL-mode elicitation). */
  canOpenPages: boolean;
  /** Whether this request is of the 2026-07-28 revision, where a question is a result and the answer a new request. */
  modern: boolean;
  /** Aborted when the server stops: from then on open questions count as unanswered. */
  stopping?: AbortSignal;
  /** Aborted when the process was told to end: from then on a batch begins no further change. */
  terminating?: AbortSignal;
}

/** A result that ends the call. */
export type FinalToolResult = {
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
};

export type ToolResult = FinalToolResult | InputRequiredResult;

/** Whether a result ends the call; otherwise it is a question. */
export function isFinal(result: ToolResult): result is FinalToolResult {
  return 'content' in result;
}

/** What counts against the limit of a result: text and structure together. */
export function bytesOf({ content, structuredContent }: FinalToolResult): number {
  return Buffer.byteLength(JSON.stringify([content, structuredContent]));
}
