import { UsageError } from '../../errors.ts';
import { printable } from '../../lib/text/printable.ts';
import { escapeInvisible } from '../../lib/text/quote.ts';
import { suggest } from '../../lib/text/suggest.ts';
import type { Description } from './openapi/description.ts';
import { isOfUsers, type Update, updates } from './openapi/operations.ts';

/** Operations that a message lists. */
const MOST = 30;

/** The update call that a provider file is made for. Throws a UsageError that lists the choices if there are several. */
export function chooseUpdate(description: Description, named: string | undefined): Update {
  const all = updates(description);
  if (named !== undefined) return findNamed(description, all, named);
  const candidates = all.filter(isOfUsers);
  const [only, ...others] = candidates;
  if (only && others.length === 0) return only;
  if (only) {
    throw new UsageError(
      `the description has ${candidates.length} calls that may update a user; choose one with --operation:\n${toList(candidates)}`,
    );
  }
  if (all.length === 0) {
    throw new UsageError(
      `--openapi: the description has no PUT, PATCH or POST with an id in the path and named properties in a JSON body${missingIn(description)}`,
    );
  }
  throw new UsageError(
    `no call looks as if it updates a user; choose one with --operation if one of these does:\n${toList(all)}`,
  );
}

/** By its operationId, or by method and path. */
function findNamed(description: Description, all: readonly Update[], named: string): Update {
  const asPath = (update: Update) => `${update.method} ${update.path}`;
  const found = all.filter((update) => update.id === named || asPath(update) === named);
  if (found[0]) return found[0];
  const near = suggest(named, all.map(({ id }) => id)); // biome-ignore format: one line
  throw new UsageError(
    `--operation ${printable(named)}: the description has no such PUT, PATCH or POST with an id in the path and named properties in a JSON body${near === undefined ? '' : `; did you mean ${printable(near)}?`}${missingIn(description)}`,
  );
}

function toList(found: readonly Update[]): string {
  const shortFirst = found.toSorted((one, other) => one.path.length - other.path.length);
  const lines = shortFirst.slice(0, MOST).map(({ id, method, path }) => {
    const call = `${method} ${escapeInvisible(path)}`;
    return `  ${id === `${method} ${path}` ? `"${call}"` : `${escapeInvisible(id)}  ${call}`}`;
  });
  const more = found.length > MOST ? [`  and ${found.length - MOST} more`] : [];
  return [...lines, ...more].join('\n');
}

/** A part of the description that was cut away is why the rest says nothing. */
function missingIn({ missing }: Description): string {
  const [first] = missing;
  return first === undefined ? '' : `; ${printable(first)} leads to nothing in it`;
}
