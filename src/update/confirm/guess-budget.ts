import { parsePath } from '../../lib/json/field-path.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { newChangeId } from '../../lib/uuid7.ts';
import type { Guess } from '../../store/windows.ts';
import { entryBody, newEntry } from '../audit/entry.ts';
import type { UpdateContext } from '../context.ts';
import { isMasked } from '../redact/view.ts';
import type { Outcome } from '../results/outcome.ts';
import type { Proposal } from '../types.ts';

/**
 * Whether the user record already holds a value tells a caller if a guess at a masked value is right. So every request
 * that is answered without a write counts: the number of different values for one field of one user in an hour is
 * limited. The first of an hour is added to the audit log if nothing else would record it (`answeredAs`). Returns the
 * outcome if the limit is exceeded.
 */
export async function countGuesses(
  context: UpdateContext,
  answeredAs: 'preview' | 'unchanged' | undefined,
  proposal?: Proposal,
): Promise<Outcome | undefined> {
  const { call, ports } = context;
  const guesses = guessesOf(context);
  if (guesses.length === 0) return undefined;
  const counts = await ports.store.noteGuesses(guesses);
  const limit = ports.limits.guessesPerHour;
  if (counts.some((count) => count > limit)) return { kind: 'guess_limit', limit };
  if (answeredAs !== undefined && counts.includes(1)) {
    await ports.store.attempt(newEntry(call, newChangeId(), answeredAs, entryBody(context, proposal)));
  }
  return undefined;
}

function guessesOf({ call, ports: { seal, redaction } }: UpdateContext): Guess[] {
  const { request, connection, caller } = call;
  // The caller does not choose the values that an undo restores.
  if (request.undo) return [];
  const { fields } = connection.provider;
  const cleared = request.clear.map((path) => [parsePath(path)?.[0] ?? path, ['clear', path]] as const);
  const targets = [...[...request.set].map(([field, value]) => [field, ['set', value]] as const), ...cleared];
  const keyOf = (field: string) =>
    canonicalJson([connection.provider.id, connection.name, request.userId, field, caller.principal]);
  return targets.flatMap(([field, value]) => {
    const definition = fields[field];
    if (!definition || !isMasked(definition, redaction) || definition.readback === false) return [];
    return [{ key: seal.hmac('guessed field', keyOf(field)), value: seal.hmac('guess', canonicalJson(value)) }];
  });
}
