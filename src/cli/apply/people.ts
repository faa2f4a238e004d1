import { AppError, type ErrorCode } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { parseRequest } from '../../update/request/parse.ts';
import { argumentsSchema } from '../../update/request/schema.ts';
import { sameRecordText } from '../../update/results/batch-messages.ts';
import type { ChangeRequest, OutcomeName } from '../../update/types.ts';
import type { FileLine } from './reading/file-line.ts';

export const APPLY_TOOL = 'apply';

/** One person of a file, and what is to be changed about her, unless her line ended before anything was read. */
export interface FilePerson {
  line: number;
  /** The id: as the file has it, or as it was found. */
  userId?: string;
  email?: string;
  request?: ChangeRequest;
  ended?: LineEnd;
}

/** How a line ended without a change of the batch. */
export interface LineEnd {
  outcome: Extract<OutcomeName, 'failed' | 'unchanged'>;
  code?: ErrorCode;
  message: string;
}

export interface PeopleOptions {
  allowSecretInput: boolean;
  reason: string | undefined;
  dryRun: boolean;
}

/** Holds every line against the fields of the provider, as the arguments of its tool are. */
export function createReadPerson(
  provider: Provider,
  { allowSecretInput, reason, dryRun }: PeopleOptions,
): (line: FileLine) => FilePerson {
  const options = { allowSecretInput };
  const schema = argumentsSchema(provider, options);
  // The id of a person who is looked up is known later.
  const withoutId = schema.partial({ user_id: true }) as unknown as typeof schema;
  return ({ line, id, email, set, clear, faults }) => {
    const person = { line, ...(id !== undefined && { userId: id }), ...(email !== undefined && { email }) };
    if (faults.length > 0) return { ...person, ended: invalid(faults.join('; ')) };
    if (Object.keys(set).length === 0 && clear.length === 0) {
      return { ...person, ended: { outcome: 'unchanged', message: 'The line changes nothing.' } };
    }
    const args = {
      ...(id !== undefined && { user_id: id }),
      set,
      clear: [...clear],
      dry_run: dryRun,
      ...(reason !== undefined && { reason }),
    };
    try {
      const accepted = id === undefined ? withoutId : schema;
      return { ...person, request: parseRequest(APPLY_TOOL, provider, accepted, options, args) };
    } catch (error) {
      if (error instanceof AppError) return { ...person, ended: invalid(error.message.replaceAll('\n', '; ')) };
      throw error;
    }
  };
}

/** Ends the lines of one person who is named more than once: no one can say which of them is meant. */
export function endRepeatedLines(people: readonly FilePerson[]): void {
  const byId = new Map<string, FilePerson[]>();
  for (const person of people) {
    if (person.userId === undefined) continue;
    const same = byId.get(person.userId);
    if (same) same.push(person);
    else byId.set(person.userId, [person]);
  }
  for (const same of byId.values()) {
    if (same.length === 1) continue;
    const message = sameRecordText(same.map(({ line }) => line));
    for (const person of same) {
      if (person.ended?.outcome === 'failed') continue;
      end(person, { outcome: 'failed', code: 'invalid_input', message });
    }
  }
}

export function end(person: FilePerson, ended: LineEnd): void {
  delete person.request;
  person.ended = ended;
}

function invalid(message: string): LineEnd {
  return { outcome: 'failed', code: 'invalid_input', message };
}
