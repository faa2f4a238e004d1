/** A change and its place in the call. */
export type Indexed<T> = readonly [index: number, item: T];

/**
 * Runs a task for every item, at most `width` of one key at the same time. An item that takes long holds up no other: a
 * free place takes the next item of its key. Before an item is begun `mayBegin` is asked; if it says no, that item and the
 * later ones of the key are left.
 */
export async function runPool<T>(
  items: readonly Indexed<T>[],
  options: { width: number; keyOf(item: T): string; mayBegin?(item: T): boolean | Promise<boolean> },
  task: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const { width, keyOf, mayBegin = () => true } = options;
  const queues = new Map<string, Indexed<T>[]>();
  for (const item of items) {
    const key = keyOf(item[1]);
    const queue = queues.get(key);
    if (queue) queue.push(item);
    else queues.set(key, [item]);
  }
  const workers = [...queues.values()].flatMap((queue) => {
    const next = queue[Symbol.iterator]();
    return Array.from({ length: Math.min(width, queue.length) }, async () => {
      for (const [index, item] of next) {
        if (!(await mayBegin(item))) return;
        await task(item, index);
      }
    });
  });
  await Promise.all(workers);
}
