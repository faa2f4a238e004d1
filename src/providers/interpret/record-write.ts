import type { RecordWrite } from '../calls.ts';
import type { Provider } from '../provider.ts';

/** What a service says about itself; empty where it was not asked. */
export interface ServiceFacts {
  /** It takes PATCH. */
  patch?: boolean;
  /** It honours `If-Match`. */
  etag?: boolean;
  /** Fields that its schema declares as read-only; and those that keep their first value. */
  readOnly?: readonly string[];
  immutable?: readonly string[];
}

/** The call that writes a user record of this service. */
export function recordWriteFor(
  { write, patch }: Pick<Provider, 'write' | 'patch'>,
  service: ServiceFacts = {},
): RecordWrite {
  return patch && service.patch ? patch : write;
}
