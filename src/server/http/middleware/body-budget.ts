/** Whose body it is, as far as the headers tell. */
export interface BodyHolder {
  /** A caller by principal, a stranger by address. */
  name: string;
  /** Whether a credential was verified. */
  isKnown: boolean;
}

/** Bytes of request bodies in memory, from the first that is received until the exchange is over. */
export interface BodyBudget {
  /** Takes bytes for this holder, or answers why it cannot: its own share is used up, or all of it is. */
  take(holder: BodyHolder, bytes: number): 'taken' | 'share' | 'all';
  giveBack(holder: BodyHolder, bytes: number): void;
}

/**
 * One holder gets a quarter of it, and all strangers together a half, so that neither one caller nor those whom nobody
 * knows can keep the others out.
 */
export function createBodyBudget(totalBytes: number): BodyBudget {
  const held = new Map<string, number>();
  let [all, strangers] = [0, 0];
  const keyOf = ({ name, isKnown }: BodyHolder) => `${isKnown ? 'caller' : 'stranger'} ${name}`;
  const add = (holder: BodyHolder, bytes: number) => {
    const key = keyOf(holder);
    const sum = (held.get(key) ?? 0) + bytes;
    if (sum > 0) held.set(key, sum);
    else held.delete(key);
    all += bytes;
    if (!holder.isKnown) strangers += bytes;
  };
  return {
    take(holder, bytes) {
      if (all + bytes > totalBytes || (!holder.isKnown && strangers + bytes > totalBytes / 2)) return 'all';
      if ((held.get(keyOf(holder)) ?? 0) + bytes > totalBytes / 4) return 'share';
      add(holder, bytes);
      return 'taken';
    },
    giveBack: (holder, bytes) => add(holder, -bytes),
  };
}
