/** Who sends a body, as far as the headers show. */
export interface BodySender {
  /** The principal of a known caller, the address of any other. */
  name: string;
  /** Whether a credential was verified. */
  isKnown: boolean;
}

/** Bytes of request bodies in memory, from the first received until the response was sent. */
export interface BodyBudget {
  /** Reserves bytes, or says why it cannot: the sender's share is exhausted, or the whole budget is. */
  reserve(sender: BodySender, bytes: number): 'reserved' | 'share' | 'all';
  release(sender: BodySender, bytes: number): void;
}

/**
 * One sender gets a quarter of the budget, and all unauthenticated senders together half of it, so that neither can
 * block the others.
 */
export function createBodyBudget(totalBytes: number): BodyBudget {
  const held = new Map<string, number>();
  let [all, strangers] = [0, 0];
  const keyOf = ({ name, isKnown }: BodySender) => `${isKnown ? 'caller' : 'stranger'} ${name}`;
  const add = (sender: BodySender, bytes: number) => {
    const key = keyOf(sender);
    const sum = (held.get(key) ?? 0) + bytes;
    if (sum > 0) held.set(key, sum);
    else held.delete(key);
    all += bytes;
    if (!sender.isKnown) strangers += bytes;
  };
  return {
    reserve(sender, bytes) {
      if (all + bytes > totalBytes || (!sender.isKnown && strangers + bytes > totalBytes / 2)) return 'all';
      if ((held.get(keyOf(sender)) ?? 0) + bytes > totalBytes / 4) return 'share';
      add(sender, bytes);
      return 'reserved';
    },
    release: (sender, bytes) => add(sender, -bytes),
  };
}
