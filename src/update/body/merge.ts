import { toVendorRecord } from '../../providers/interpret/record-shape.ts';
import type { Encoder } from './encoder.ts';
import { changedValues, compact, echoedFields } from './parts.ts';

/** The fields that change, and those that are sent along. */
export const mergeBody: Encoder = ({ provider, write, record, changes }) =>
  toVendorRecord(provider, compact({ ...echoedFields(write, record, changes), ...changedValues(changes) }));
