import { type PeopleNote, type PeopleWindow, windowMs } from '../windows.ts';

/** The windows of policy in a memory store. Each keeps as many user records as matter, the newest ones. */
export function createMemoryPeople(now: () => number) {
  /** For each window, its user records and when each was noted last, the newest last. */
  const windows = new Map<string, Map<string, number>>();

  function read({ key, limit }: PeopleWindow): string[] {
    const since = now() - windowMs;
    const recent = [...(windows.get(key) ?? [])].filter(([, at]) => at > since);
    return recent.slice(0, limit).map(([value]) => value);
  }

  function put({ key, values, limit }: PeopleNote): void {
    const noted = windows.get(key) ?? new Map<string, number>();
    windows.set(key, noted);
    for (const value of values) {
      noted.delete(value);
      noted.set(value, now());
    }
    for (const value of noted.keys()) {
      if (noted.size <= limit) return;
      noted.delete(value);
    }
  }

  return {
    read: (some: readonly PeopleWindow[]) => some.map(read),
    /** Notes all or none. */
    note(notes: readonly PeopleNote[]): boolean {
      if (!notes.every((note) => note.fits(read(note)))) return false;
      notes.forEach(put);
      return true;
    },
    purge(time: number): void {
      for (const [key, noted] of windows) {
        for (const [value, at] of noted) if (at <= time - windowMs) noted.delete(value);
        if (noted.size === 0) windows.delete(key);
      }
    },
  };
}
