import type { FileDraft } from '../draft.ts';
import type { ReportFault } from '../faults.ts';
import { checkAddresses } from './addresses.ts';
import { checkCalls } from './calls.ts';
import { checkFieldTypes } from './field-types.ts';
import { checkHeaders } from './headers.ts';
import { checkNames } from './names.ts';
import { checkPlaces } from './places.ts';
import { checkSettings } from './settings.ts';
import { checkWrite } from './write.ts';

/** What is checked of a file besides its shape. Each goes over the sections that have the right shape. */
export const checks: readonly ((draft: FileDraft, report: ReportFault) => void)[] = [
  checkSettings,
  checkAddresses,
  checkHeaders,
  checkCalls,
  checkPlaces,
  checkFieldTypes,
  checkNames,
  checkWrite,
];
