const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Resolves at the first signal to stop, from a terminal or a service manager. The second one, whichever it is, ends the
 * process at once.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of SIGNALS) process.off(signal, stop);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
  });
}
