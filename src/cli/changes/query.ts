import type { App } from '../../app.ts';
import type { ChangeQuery } from '../../audit/search.ts';
import type { Format } from './format-names.ts';
import { findUsers } from './user.ts';

/** The filters of `changes list` and `changes export`. */
export interface FilterOptions {
  provider?: string;
  user?: string;
  field?: string;
  caller?: string;
  approver?: string;
  outcome?: string;
  batch?: string;
  since?: string;
  until?: string;
}

/** What was asked for, with the user looked up. */
export interface Asked {
  query: ChangeQuery;
  /** Sentences for people about how the user was looked up. */
  notes: string[];
  /** Whether changes may be missing because the user was not found. */
  isPartial: boolean;
}

export async function toQuery(
  values: FilterOptions,
  span: { since?: string; until?: string },
  app: App,
  format: Format,
): Promise<Asked> {
  const { user, provider, field, caller, approver, outcome, batch } = values;
  const found = user === undefined ? undefined : await findUsers(user, provider, app);
  const query: ChangeQuery = {
    ...span,
    ...(found && { person: found.person }),
    ...(provider !== undefined && { provider }),
    ...(field !== undefined && { field }),
    ...(caller !== undefined && { caller }),
    ...(approver !== undefined && { approver }),
    ...(outcome !== undefined && { outcome }),
    ...(batch !== undefined && { batchId: batch }),
    // An event of class Account Change is about one account, and a look-up about none.
    ...(format === 'ocsf' && { withoutLookups: true }),
  };
  return { query, notes: found?.notes ?? [], isPartial: found?.isPartial ?? false };
}
