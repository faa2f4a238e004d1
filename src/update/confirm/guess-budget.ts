import { parsePath } from '../../lib/json/field-path.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { newChangeId } from '../../lib/uuid7.ts';
import type { Guess } from '../../store/store.ts';
import { entryBody, newEntry } from '../audit/entry.ts';
import type { UpdateContext } from '../context.ts';
import { isMasked } from '../redact/view.ts';
import { NEXT } from '../results/next-steps.ts';
import type { Words } from '../results/result.ts';
import type { Plan, Verdict } from '../types.ts';

/**
 * Whether a record already is as requested tells a caller if a guess at a masked value is right. So every request that
 * is answered without a write counts: so many differing values for one field of one user in an hour, and no more. The
 * first of an hour is put in the audit log where nothing else would record it (`outcome`). Answers with how the call
 * ends where the budget is used up.
 */
export async function countGuesses(
  context: UpdateContext,
  outcome: 'preview' | 'unchanged' | undefined,
  plan?: Plan,
  verdict?: Verdict,
): Promise<Words | undefined> {
  const { call, ports } = context;
  const guesses = guessesOf(context);
  if (guesses.length === 0) return undefined;
  const counts = await ports.store.noteGuesses(guesses);
  if (counts.some((count) => count > ports.limits.guessesPerHour)) return spentWords(ports.limits.guessesPerHour);
  if (outcome !== undefined && counts.includes(1)) {
    const entry = newEntry(call, newChangeId(), outcome, entryBody(context, plan, verdict));
    await ports.store.attempt(entry);
  }
  return undefined;
}

function guessesOf({ call, ports: { seal, redaction } }: UpdateContext): Guess[] {
  const { request, connection, caller } = call;
  // What an undo puts back is not the caller's choice.
  if (request.undo) return [];
  const { fields } = connection.provider;
  const cleared = request.clear.map((path) => [parsePath(path)?.[0] ?? path, ['clear', path]] as const);
  const wanted = [...[...request.set].map(([field, value]) => [field, ['set', value]] as const), ...cleared];
  const keyOf = (field: string) =>
    canonicalJson([connection.provider.id, connection.name, request.userId, field, caller.principal]);
  return wanted.flatMap(([field, value]) => {
    const definition = fields[field];
    if (!definition || !isMasked(definition, redaction) || definition.readback === false) return [];
    return [{ key: seal.hmac('guessed field', keyOf(field)), value: seal.hmac('guess', canonicalJson(value)) }];
  });
}

function spentWords(most: number): Words {
  return {
    outcome: 'denied',
    code: 'guess_limit',
    message: `More than ${most} different values were tried within an hour for a field of this user that is not shown. Nothing was changed, and whether the value is right is not told.`,
    next: NEXT.guess_limit,
  };
}
