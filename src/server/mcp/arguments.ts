import type * as z from 'zod';
import { AppError } from '../../errors.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { echo } from '../../lib/text/printable.ts';
import { shapeFaults, withoutNulls } from '../../update/request/argument-shape.ts';
import { namedFaults, plainFaults } from '../../update/request/validate.ts';

/**
 * Parses the arguments of a tool that is not tied to one provider. Optional ones may be null. Throws one `invalid_input`
 * that names every fault with its path.
 */
export function parseArguments<S extends z.ZodObject>(schema: S, raw: unknown): z.output<S> {
  const unfit = shapeFaults(raw);
  if (unfit.length > 0) throw new AppError('invalid_input', unfit.join('\n'));
  const names = Object.keys(schema.shape);
  const parsed = schema.safeParse(withoutNulls(isObject(raw) ? raw : {}, names), { reportInput: false });
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_input', namedFaults(plainFaults(parsed.error, names, echo)).join('\n'));
}
