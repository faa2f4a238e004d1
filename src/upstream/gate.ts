/** Lets at most `width` tasks of one key run at the same time; the others wait in line. */
export function createGate(width: number) {
  const lines = new Map<string, { running: number; waiting: (() => void)[] }>();
  return async <T>(key: string, task: () => Promise<T>): Promise<T> => {
    const line = lines.get(key) ?? { running: 0, waiting: [] };
    lines.set(key, line);
    if (line.running >= width) await new Promise<void>((resolve) => line.waiting.push(resolve));
    line.running++;
    try {
      return await task();
    } finally {
      line.running--;
      line.waiting.shift()?.();
    }
  };
}
