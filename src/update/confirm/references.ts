import { AppError } from '../../errors.ts';
import { type Deadline, msLeft, startDeadline } from '../../lib/async/deadline.ts';
import { isExact, type Json } from '../../lib/json/json-value.ts';
import { quoteStart } from '../../lib/text/quote.ts';
import type { UpdateContext } from '../context.ts';
import { labelOf } from '../plan/label.ts';
import type { LeafChange, Plan } from '../plan/types.ts';
import type { ChangeView, PlanView, Reference } from '../redact/types.ts';

/**
 * Ids of other users, with the names that a person knows them by. A name is personal and belongs to nothing but what the
 * person sees: not to a digest, a result or the audit log.
 */

const MAX_LOOKUPS = 10;
/** All look-ups of a question together; a vendor that is slow costs names, not the question. */
const LOOKUP_MS = 3000;

/** Names by id; null for an id without a user. An id that is not in it was not looked up. */
export type ReferenceNames = ReadonlyMap<string, string | null>;

/** Looks up the users that a plan refers to, as far as there is time. Never fails. */
export async function lookUpReferences(context: UpdateContext, plan: Plan): Promise<ReferenceNames> {
  const ids = plan.leaves.filter(({ definition }) => definition.refers === 'user').flatMap(idsIn);
  const names = new Map<string, string | null>([[plan.userId, plan.label]]);
  const unknown = [...new Set(ids)].filter((id) => !names.has(id)).slice(0, MAX_LOOKUPS);
  const { within } = context;
  const limited = startDeadline(Math.min(LOOKUP_MS, msLeft(within)), within.signal, within.facts);
  await Promise.all(
    unknown.map(async (id) => {
      const name = await nameOf(context, id, limited);
      if (name !== undefined) names.set(id, name);
    }),
  );
  context.known.addTexts([...names.values()].filter((name) => name !== null && name !== plan.label) as string[]);
  return names;
}

/** The view with the names of what it refers to. */
export function withReferences(view: PlanView<'person'>, plan: Plan, names: ReferenceNames): PlanView<'person'> {
  const changes = view.changes.map((change, at) => {
    const leaf = plan.leaves[at];
    const refers = leaf?.definition.refers;
    if (!leaf || refers === undefined) return change;
    const references = idsIn(leaf).map((id): Reference => {
      const name = refers === 'user' ? names.get(id) : undefined;
      return { id, refers, ...(name !== undefined && { name }) };
    });
    return references.length === 0 ? change : { ...change, references };
  });
  return { ...view, changes };
}

/**
 * What stands behind an id: the name of the user, or that it was not looked up. Empty for what is no such id, and with
 * `usersOnly` for what no service was asked about.
 */
export function referenceNote(
  { references }: Pick<ChangeView<'person'>, 'references'>,
  value: unknown,
  usersOnly = false,
): string {
  const found = references?.find(({ id }) => id === idOf(value));
  if (!found || (usersOnly && found.refers !== 'user')) return '';
  if (found.name === null) return ' (no such user found)';
  return found.name === undefined ? ' (name not looked up)' : ` (named ${quoteStart(found.name)})`;
}

async function nameOf(
  { call: { connection }, ports }: UpdateContext,
  id: string,
  within: Deadline,
): Promise<string | null | undefined> {
  // An id that the vendor's path does not take is none of a user.
  if (!connection.provider.userId.safeParse(id).success) return null;
  try {
    const { record } = await ports.records.read(connection, id, within);
    return labelOf(connection.provider, record);
  } catch (error) {
    return error instanceof AppError && error.code === 'not_found' ? null : undefined;
  }
}

/** The bare ids in a leaf. What the vendor shows as an object is shown whole, its name included. */
function idsIn({ before, after, list }: LeafChange): string[] {
  const values = list ? [...list.removed, ...list.added] : [before, after];
  return [...new Set(values.map(idOf).filter((id) => id !== undefined))];
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || isExact(value as Json | undefined) ? String(value) : undefined;
}
