/** Messages of a server, sorted: responses by request id, its own requests in order of arrival. */

export interface RpcMessage {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

export interface Inbox {
  /** Takes one message. Notifications are dropped. */
  take(message: RpcMessage): void;
  /** Nothing more will arrive: all waits, present and future, fail with this error. */
  end(error: Error): void;
  /** The response to a request id, whenever it arrives. */
  answerTo(id: unknown): Promise<RpcMessage>;
  /** The next request from the server, oldest first. */
  nextRequest(): Promise<RpcMessage>;
  /** Whichever arrives first. The other is kept. */
  answerOrRequest(id: unknown): Promise<RpcMessage>;
}

interface Waiter {
  fits(message: RpcMessage): boolean;
  resolve(message: RpcMessage): void;
}

export function createInbox(): Inbox {
  const messages: RpcMessage[] = [];
  const waiters: Waiter[] = [];
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => {});

  const next = async (fits: (message: RpcMessage) => boolean): Promise<RpcMessage> => {
    const index = messages.findIndex(fits);
    const [known] = index < 0 ? [] : messages.splice(index, 1);
    if (known) return known;
    return await Promise.race([new Promise<RpcMessage>((resolve) => waiters.push({ fits, resolve })), failed]);
  };
  const answers = (id: unknown) => (message: RpcMessage) => message.method === undefined && message.id === id;
  const asks = (message: RpcMessage) => message.method !== undefined;
  return {
    take(message) {
      if (message.method !== undefined && message.id === undefined) return;
      const index = waiters.findIndex(({ fits }) => fits(message));
      const [waiter] = index < 0 ? [] : waiters.splice(index, 1);
      if (waiter) waiter.resolve(message);
      else messages.push(message);
    },
    end: fail,
    answerTo: (id) => next(answers(id)),
    nextRequest: () => next(asks),
    answerOrRequest: (id) => next((message) => asks(message) || answers(id)(message)),
  };
}
