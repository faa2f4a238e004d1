/** The requests of one batch that are open, and the answers so far: they leave together. */
export interface Batch {
  open: Set<unknown>;
  answers: unknown[];
}

/** Requests that were read and are not answered yet. */
export interface Unanswered {
  has(id: unknown): boolean;
  add(id: unknown, batch?: Batch): void;
  /** Sends an answer; one that belongs to a batch waits for the others. Resolves once it may be forgotten. */
  answer(message: { id?: unknown }): Promise<void>;
  /** The client took the request back and is told nothing. */
  cancel(id: unknown): void;
  ids(): unknown[];
  /** Resolves when nothing is open and everything has left. */
  settled(): Promise<void>;
}

export function createUnanswered(write: (message: unknown) => Promise<void>): Unanswered {
  /** By id, oldest first: a careless client may use an id again too early. */
  const open = new Map<unknown, (Batch | undefined)[]>();
  let writing = 0;
  let waiting: (() => void)[] = [];

  const checkSettled = () => {
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
      checkSettled();
    }
  };
  const close = async (id: unknown, answer?: unknown) => {
    const [batch, ...others] = open.get(id) ?? [];
    if (others.length > 0) open.set(id, others);
    else open.delete(id);
    if (!batch) return answer === undefined ? checkSettled() : await send(answer);
    batch.open.delete(id);
    if (answer !== undefined) batch.answers.push(answer);
    if (batch.open.size === 0 && batch.answers.length > 0) await send(batch.answers);
    else checkSettled();
  };
  return {
    has: (id) => open.has(id),
    add(id, batch) {
      open.set(id, [...(open.get(id) ?? []), batch]);
      batch?.open.add(id);
    },
    answer: (message) => close(message.id, message),
    cancel: (id) => void close(id).catch(() => {}),
    ids: () => [...open].flatMap(([id, requests]) => requests.map(() => id)),
    settled() {
      const settled = new Promise<void>((resolve) => waiting.push(resolve));
      checkSettled();
      return settled;
    },
  };
}
