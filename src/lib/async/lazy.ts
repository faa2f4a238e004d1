/** A value created by the first call and kept. */
export interface Lazy<T> {
  (): Promise<T>;
  /** Whether the value was created, or is being created. */
  isStarted(): boolean;
}

/** Memoizes `make`. A failure is not remembered: the next call tries again. */
export function lazy<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined;
  const get = () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return Object.assign(get, { isStarted: () => made !== undefined });
}
