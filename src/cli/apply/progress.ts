/** A bar on stderr that shows how far many changes have come. Only at a terminal. */
export interface Progress {
  show(what: string, done: number, total: number): void;
  /** Removes the bar, so that something else can be printed. */
  clear(): void;
}

const WIDTH = 24;

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  let shown = '';
  const draw = (text: string): void => {
    if (text === shown) return;
    // To the start of the line; what an earlier text had more is erased.
    stream.write(`\r${text}\x1b[K`);
    shown = text;
  };
  return {
    show(what, done, total) {
      const filled = total === 0 ? WIDTH : Math.floor((WIDTH * done) / total);
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      // Not every change redraws the line: with ten thousand, a terminal would be what they wait for.
      const step = Math.max(1, Math.floor(total / 200));
      if (done % step !== 0 && done !== total) return;
      draw(`${what} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${percent} % (${done} of ${total})`);
    },
    clear() {
      if (shown !== '') stream.write('\r\x1b[K');
      shown = '';
    },
  };
}
