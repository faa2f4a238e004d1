import type { JsonObject } from '../../lib/json/json-value.ts';
import type { Encoding } from '../../providers/calls.ts';
import type { Encoder, ToEncode } from './encoder.ts';
import { mergeBody } from './merge.ts';
import { mergePatchBody } from './merge-patch.ts';
import { replaceBody } from './replace.ts';
import { scimPatchBody } from './scim-patch/scim-patch.ts';

const encoders: Readonly<Record<Encoding, Encoder>> = {
  merge: mergeBody,
  replace: replaceBody,
  'merge-patch': mergePatchBody,
  'scim-patch': scimPatchBody,
};

/** The request body, exactly as it is sent. */
export function bodyOf(toEncode: ToEncode): JsonObject {
  const { encoding, wrapper } = toEncode.write;
  const body = encoders[encoding](toEncode);
  return wrapper === undefined ? body : { [wrapper]: body };
}
