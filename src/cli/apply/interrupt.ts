/** Ctrl-C, or a request to end: nothing more is begun. The second one ends the process at once. */
export interface Interruption {
  signal: AbortSignal;
  /** 128 and the number of the signal, as shells report it; undefined before one came. */
  exitCode(): number | undefined;
  /** Gives signals back to the system. */
  release(): void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
const SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]; // its own keys

export function listenForInterrupt(onFirst: () => void): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    release();
    code = SIGNALS.includes(signal as (typeof SIGNALS)[number]) ? EXIT_CODES[signal as keyof typeof EXIT_CODES] : 1;
    onFirst();
    controller.abort();
  };
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return { signal: controller.signal, exitCode: () => code, release };
}
