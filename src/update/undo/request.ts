import { AppError } from '../../errors.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { isObject, type Json } from '../../lib/json/json-value.ts';
import { removingField } from '../../providers/interpret/warning.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import { isEmpty } from '../plan/compare.ts';
import { readField } from '../plan/plan-field.ts';
import type { Ports } from '../ports.ts';
import { takenKeys } from '../request/taken-keys.ts';
import type { UndoArguments } from '../request/undo-schema.ts';
import type { ChangeRequest, Connection } from '../types.ts';
import { type BeforeImage, readBeforeImage } from '../write/before-image.ts';
import { isContested, isRestorable, restoredValue } from './restore.ts';

/** The reverse of the change that the arguments name. */
export async function undoRequest(
  tool: string,
  args: UndoArguments,
  connections: readonly Connection[],
  ports: Ports,
): Promise<Reversed> {
  const { change_id, reason, dry_run: dryRun = false } = args;
  const change = await findChange(change_id, ports);
  return await reverseOf(change, { tool, dryRun, ...(reason !== undefined && { reason }) }, connections, ports);
}

export interface Reversed {
  connection: Connection;
  request: ChangeRequest;
}

/**
 * The reverse of a recorded change as a request to the same pipeline. It is planned against the user record as it is now:
 * a field that someone changed since is contested and needs a yes of its own.
 */
export async function reverseOf(
  change: ListedChange,
  asked: Pick<ChangeRequest, 'tool' | 'dryRun' | 'reason'>,
  connections: readonly Connection[],
  ports: Ports,
): Promise<Reversed> {
  const connection = connections.find(
    ({ name, provider }) => name === change.connection && provider.id === change.provider,
  );
  if (!connection) {
    throw refused(
      `change_id: that change was made at connection "${change.connection}", which is not configured.`,
      'The operator has to configure that connection again.',
    );
  }
  const beforeImage = await openBeforeImage(change, ports);
  const { provider } = connection;
  const fieldOf = (field: string) => (Object.hasOwn(provider.fields, field) ? provider.fields[field] : undefined);
  const known = beforeImage.changes.flatMap((one) => {
    const definition = fieldOf(one.field);
    return definition ? [{ ...one, definition }] : [];
  });
  const removing = removingField(known);
  if (removing !== undefined) {
    throw refused(
      `change_id: that change of ${removing} removed the user record at ${provider.title}, and nothing here can bring it back.`,
      `Do not call again for this change; the person has to be added at ${provider.title} again.`,
    );
  }
  const moved = [...beforeImage.changes, ...(beforeImage.collateral ?? [])].filter((change) => {
    const definition = fieldOf(change.field);
    return definition !== undefined && isRestorable(definition, change);
  });
  const taken = moved.flatMap((one) =>
    takenKeys(provider, { set: { [one.field]: movedKeys(one) }, clear: [] }, String),
  );
  if (taken.length > 0) {
    throw refused(
      `change_id: ${taken.map((fault) => fault()).join('; ')}.`,
      'Set the values that it had with the update tool, each by its own name.',
    );
  }
  const mirrors = moved.flatMap(({ field, mirror }) => (mirror ? [[field, mirror] as const] : []));
  const request: ChangeRequest = {
    ...asked,
    userId: change.userId,
    set: new Map(moved.flatMap(({ field, before }) => (isEmpty(before) ? [] : [[field, before ?? null] as const]))),
    clear: moved.flatMap(({ field, before }) => (isEmpty(before) ? [field] : [])),
    askFor: [],
    undo: {
      changeId: change.changeId,
      // The last change is undone first.
      target: (name, held) =>
        moved.reduceRight<Json | undefined>((value, each) => {
          const definition = each.field === name ? fieldOf(name) : undefined;
          return definition ? restoredValue(definition, each, value) : value;
        }, held),
      contested: (record) =>
        moved.flatMap((each) => {
          const definition = fieldOf(each.field);
          const held = definition && readField(record, each.field, definition);
          return definition && isContested(definition, each, held) ? [each.field] : [];
        }),
      mirrors: new Map(mirrors),
      beyond: beyondReach(provider, beforeImage),
    },
  };
  if (moved.length === 0) {
    const why = request.undo?.beyond.join(' ') ?? '';
    throw refused(
      `change_id: nothing of that change can be put back. ${why}`.trim(),
      `Do not call again for this change; ${beforeImage.secrets > 0 ? 'a new secret can be asked for with ask_for of the update tool.' : 'set the values with the update tool.'}`,
    );
  }
  return { connection, request };
}

/** The keys of an object that a change moved; an attribute of one may have got a declaration of its own since. */
function movedKeys({ before, after }: { before?: Json | undefined; after?: Json | undefined }): Json {
  const [old, made] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const entries = Object.entries({ ...made, ...old });
  return Object.fromEntries(
    entries.filter(([key]) => canonicalJson(old[key] ?? null) !== canonicalJson(made[key] ?? null)),
  );
}

async function findChange(changeId: string, ports: Ports): Promise<ListedChange> {
  const [change] = await ports.store.list({ changeId, limit: 1 });
  if (!change) {
    const [member] = await ports.store.list({ batchId: changeId, limit: 1 });
    if (member) throw refused('change_id: that is the id of a batch.', 'Call again with it as batch_id.');
    const next = 'Look the id up in the list of changes.';
    throw new AppError('not_found', 'change_id: no such change is recorded.', { facts: { next } });
  }
  if (change.open) throw refused('change_id: that change has not ended yet.', 'Call again once it has.');
  if (!mayHaveChanged(change)) {
    const problem = `change_id: that call ended ${change.outcome} and changed nothing.`;
    throw refused(problem, 'There is nothing to undo; do not call again for it.');
  }
  return change;
}

/** Whether something may have been written, as far as the outcome says. */
export function mayHaveChanged({ outcome }: Pick<ListedChange, 'outcome'>): boolean {
  return ['updated', 'conflict', 'unverified'].includes(outcome);
}

async function openBeforeImage(change: ListedChange, ports: Ports): Promise<BeforeImage> {
  let beforeImage: BeforeImage | undefined;
  try {
    beforeImage = await readBeforeImage(change.changeId, ports);
  } catch (cause) {
    const message =
      'The values before that change were sealed with another key (UPDATE_USER_KEY), so it cannot be undone.';
    const next = 'The operator has to list the earlier key under oldKeys.';
    throw new AppError('internal', message, { cause, facts: { next } });
  }
  if (!beforeImage) {
    throw refused(
      'change_id: the values before that change are no longer kept, so it cannot be undone.',
      'Do not call again for this change; set the values with the update tool.',
    );
  }
  return beforeImage;
}

function refused(message: string, next: string): AppError {
  return new AppError('invalid_input', message, { facts: { next } });
}

function beyondReach(provider: Provider, beforeImage: BeforeImage): string[] {
  const unwritable = (beforeImage.collateral ?? []).filter(({ field }) => !Object.hasOwn(provider.fields, field));
  const unclearable = [...beforeImage.changes, ...(beforeImage.collateral ?? [])].filter((change) => {
    const definition = provider.fields[change.field];
    return definition && !isRestorable(definition, change);
  });
  return [
    ...(beforeImage.secrets > 0 ? ['A secret cannot be put back: its old value is not kept anywhere.'] : []),
    ...(unclearable.length > 0
      ? [`${provider.title} does not allow these to be empty: ${unclearable.map(({ field }) => field).join(', ')}.`]
      : []),
    ...(unwritable.length > 0
      ? [`${unwritable.length} attribute(s) that changed by themselves cannot be written.`]
      : []),
  ];
}
