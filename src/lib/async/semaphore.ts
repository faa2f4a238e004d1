/** Runs at most `width` tasks of one key at the same time. The others wait in order; a task is told whether it waited. */
export function createSemaphore(width: number) {
  const queues = new Map<string, { running: number; waiting: (() => void)[] }>();
  return async <T>(key: string, task: (waited: boolean) => Promise<T>): Promise<T> => {
    const queue = queues.get(key) ?? { running: 0, waiting: [] };
    queues.set(key, queue);
    const waits = queue.running >= width;
    if (!waits) queue.running++;
    else await new Promise<void>((resolve) => queue.waiting.push(resolve));
    try {
      return await task(waits);
    } finally {
      // The next task takes over this slot. If it were free for a moment, a new task could take it as well.
      const next = queue.waiting.shift();
      if (next) next();
      else queue.running--;
    }
  };
}
