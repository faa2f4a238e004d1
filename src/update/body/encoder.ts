import type { JsonObject } from '../../lib/json/json-value.ts';
import type { RecordWrite } from '../../providers/calls.ts';
import type { Provider } from '../../providers/provider.ts';
import type { FieldChange } from '../plan/types.ts';

/** What a body is made from. */
export interface ToEncode {
  provider: Provider;
  write: RecordWrite;
  /** The user record as it was read. */
  record: JsonObject;
  /** The user record expected afterwards. */
  expected: JsonObject;
  changes: readonly FieldChange[];
  /** `restored`: lists end in the order of `expected`, because an undo puts them back. */
  listOrder: 'any' | 'restored';
}

/** The body of a write, in the vendor's form, before the wrapper. Pure. Throws `invalid_input` for what it cannot say. */
export type Encoder = (toEncode: ToEncode) => JsonObject;
