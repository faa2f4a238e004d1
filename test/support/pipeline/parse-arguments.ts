import { expect } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { parseRequest } from '../../../src/update/request/parse.ts';
import { argumentsSchema } from '../../../src/update/request/schema.ts';
import { providerOf } from './requests.ts';

/** Parses arguments as the update tool of a provider does. */

const CLOSED = { allowSecretInput: false };

export function parse(
  id: string,
  args: unknown,
  options: { allowSecretInput: boolean; connections?: string[] } = CLOSED,
) {
  const provider = providerOf(id);
  return parseRequest('tool', provider, argumentsSchema(provider, options), options, args);
}

/** The lines of the message, one for each fault. */
export function faultsOf(id: string, args: unknown, options = CLOSED): string[] {
  try {
    parse(id, args, options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('invalid_input');
    return error.message.split('\n');
  }
  return [];
}
