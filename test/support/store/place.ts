import type { Store, StoreOptions } from '../../../src/store/store.ts';

/** A place for stores. Those opened on one share their contents; one that cannot share gives the first one again. */
export interface Place {
  open(processId: string, options?: StoreOptions): Promise<Store>;
  remove(): Promise<void>;
}
