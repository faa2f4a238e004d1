/** The only parts of a JSON-RPC response that are read. */
interface RpcResponse {
  id?: unknown;
}

/** The open requests of one JSON-RPC batch and the responses so far. They are sent together. */
export interface RequestBatch {
  open: Set<unknown>;
  responses: RpcResponse[];
}

/** Requests that were read and have no response yet. */
export interface OpenRequests {
  has(id: unknown): boolean;
  add(id: unknown, batch?: RequestBatch): void;
  /** Sends a response; one that belongs to a batch waits for the others. Resolves when the request is closed. */
  respond(response: RpcResponse): Promise<void>;
  /** The client cancelled the request and gets no response. */
  cancel(id: unknown): void;
  ids(): unknown[];
  /** Resolves when no request is open and every response was sent. */
  drained(): Promise<void>;
}

export function createOpenRequests(write: (message: unknown) => Promise<void>): OpenRequests {
  /** By id, oldest first: a careless client may reuse an id too early. */
  const open = new Map<unknown, (RequestBatch | undefined)[]>();
  let writing = 0;
  let waiting: (() => void)[] = [];

  const checkDrained = () => {
    if (open.size > 0 || writing > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const send = async (message: unknown) => {
    writing++;
    try {
      await write(message);
    } finally {
      writing--;
      checkDrained();
    }
  };
  const close = async (id: unknown, response?: RpcResponse) => {
    const requests = open.get(id) ?? [];
    const batch = requests.shift();
    if (requests.length === 0) open.delete(id);
    if (!batch) return response === undefined ? checkDrained() : await send(response);
    batch.open.delete(id);
    if (response !== undefined) batch.responses.push(response);
    if (batch.open.size === 0 && batch.responses.length > 0) await send(batch.responses);
    else checkDrained();
  };
  return {
    has: (id) => open.has(id),
    add(id, batch) {
      const requests = open.get(id) ?? [];
      requests.push(batch);
      open.set(id, requests);
      batch?.open.add(id);
    },
    respond: (response) => close(response.id, response),
    cancel: (id) => void close(id).catch(() => {}),
    ids: () => [...open].flatMap(([id, requests]) => requests.map(() => id)),
    drained() {
      const drained = new Promise<void>((resolve) => waiting.push(resolve));
      checkDrained();
      return drained;
    },
  };
}
