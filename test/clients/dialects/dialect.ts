/** How a client talks to its model: the parts that the stand-in reads and writes. */
export interface Dialect {
  serves(path: string): boolean;
  /** The tools that a request offers, as the client describes them. */
  tools(body: Body): OfferedTool[];
  /** The results of earlier calls that a request brings. */
  results(body: Body): CallResult[];
  answer(body: Body, turn: Turn, path: string): Reply;
}

export type Body = Record<string, unknown>;

export interface OfferedTool {
  name: string;
  schema: unknown;
  /** Codex groups the tools of a server, and a call names the group beside the tool. */
  namespace?: string | undefined;
}

export interface CallResult {
  id: string;
  text: string;
}

/** A call or a text, never both. */
export interface Turn {
  call?: { id: string; name: string; namespace?: string | undefined; args: Record<string, unknown> };
  text?: string;
}

/** One JSON document, or a stream of events; `end` is the line that closes it where the dialect has one. */
export interface Reply {
  json?: unknown;
  events?: ({ type?: string } & Record<string, unknown>)[];
  end?: string;
}
