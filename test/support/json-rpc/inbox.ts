/** What a server sends, sorted: answers by the id they answer, requests of its own in the order they come. */

export interface Message {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

export interface Inbox {
  /** Takes one message in. Notifications are kept nowhere. */
  take(message: Message): void;
  /** Nothing more will come: whoever waits, and whoever will, gets this error. */
  end(error: Error): void;
  /** The answer to a request id, whenever it comes. */
  answerTo(id: unknown): Promise<Message>;
  /** The next request the server makes of us, oldest first. */
  nextRequest(): Promise<Message>;
  /** Whichever comes first; the other is not lost. */
  answerOrRequest(id: unknown): Promise<Message>;
}

interface Waiter {
  fits(message: Message): boolean;
  resolve(message: Message): void;
}

export function createInbox(): Inbox {
  const messages: Message[] = [];
  const waiters: Waiter[] = [];
  let fail: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => (fail = reject));
  ended.catch(() => {});

  const next = async (fits: (message: Message) => boolean): Promise<Message> => {
    const index = messages.findIndex(fits);
    const [known] = index < 0 ? [] : messages.splice(index, 1);
    if (known) return known;
    return await Promise.race([new Promise<Message>((resolve) => waiters.push({ fits, resolve })), ended]);
  };
  const answers = (id: unknown) => (message: Message) => message.method === undefined && message.id === id;
  const asks = (message: Message) => message.method !== undefined;
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
