import type * as z from 'zod';
import { formatPointer } from './pointer.ts';

/** Something that is wrong with a provider file, or that its author may not have meant, and where. */
export interface FileFault {
  /** A JSON pointer (RFC 6901) into the file; empty for all of it. */
  pointer: string;
  message: string;
}

/** Collects faults at places given as keys from the outside in. */
export type ReportFault = (path: readonly (string | number)[], message: string) => void;

export function createReport(into: FileFault[]): ReportFault {
  return (path, message) => {
    into.push({ pointer: formatPointer(path), message });
  };
}

/** The faults of a value that does not have the right shape, below `path`. Shows no value. */
export function shapeFaults(
  path: readonly (string | number)[],
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
): FileFault[] {
  return issues.flatMap((issue) => {
    const inside = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
    const place = [...path, ...inside];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: formatPointer([...place, key]), message: 'not a known key' }));
    }
    if (valueIn(value, inside) === undefined) return [{ pointer: formatPointer(place), message: 'is missing' }];
    if (issue.code === 'invalid_union') return unionFaults(place, issue, valueIn(value, inside));
    if (issue.code === 'invalid_key')
      return issue.issues.map(({ message }) => ({ pointer: formatPointer(place), message }));
    return [{ pointer: formatPointer(place), message: messageOf(issue) }];
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const [word, limit] = issue.code === 'too_small' ? ['least', issue.minimum] : ['most', issue.maximum];
    const counted = Object.hasOwn(COUNTED, issue.origin) ? COUNTED[issue.origin] : undefined;
    return counted === undefined ? `expected at ${word} ${limit}` : `must have at ${word} ${limit} ${counted}`;
  }
  return issue.message.replace(/^Invalid (?:input|option|string): /, '');
}

const COUNTED: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', record: 'keys' };

function valueIn(value: unknown, path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[key]; // its own key
  }
  return found;
}

/** Of several shapes, the one that the value is nearest to is meant: that whose faults lie deepest. */
function unionFaults(
  place: readonly (string | number)[],
  issue: z.core.$ZodIssueInvalidUnion,
  value: unknown,
): FileFault[] {
  const depth = (faults: readonly FileFault[]) => Math.max(...faults.map(({ pointer }) => pointer.split('/').length));
  const candidates = issue.errors.map((issues) => shapeFaults(place, issues, value)).filter(({ length }) => length > 0);
  const [best] = candidates.toSorted((one, other) => depth(other) - depth(one));
  if (best && depth(best) > place.length + 1) return best;
  const expected = candidates.flat().map(({ message }) => message);
  return [{ pointer: formatPointer(place), message: [...new Set(expected)].join(', or ') || issue.message }];
}
