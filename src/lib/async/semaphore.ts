/** Lets at most `width` tasks of one key run at the same time; the others wait in line, and are told that they did. */
export function createSemaphore(width: number) {
  const lines = new Map<string, { running: number; waiting: (() => void)[] }>();
  return async <T>(key: string, task: (waited: boolean) => Promise<T>): Promise<T> => {
    const line = lines.get(key) ?? { running: 0, waiting: [] };
    lines.set(key, line);
    const waits = line.running >= width;
    if (!waits) line.running++;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    try {
      return await task(waits);
    } finally {
      // Whoever waits takes over this place: were it free for a moment, somebody new could take it as well.
      const next = line.waiting.shift();
      if (next) next();
      else line.running--;
    }
  };
}
