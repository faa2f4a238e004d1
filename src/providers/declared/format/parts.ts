import * as z from 'zod';
import { described } from '../../../lib/described.ts';
import { isForbiddenName, pointerFault } from '../pointer.ts';

/** What the sections of a provider file are made of. Nothing here has a default. */

/** Plain text on one line, which people and models read. */
export const sentence = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), {
      error: 'must not contain line breaks or invisible characters',
    });

/** The name of an attribute or a key, as the vendor has it. */
export const name = () =>
  z
    .string()
    .min(1)
    .max(128)
    .refine((text) => !/[\p{Cc}\p{Cf}\p{Z}]/u.test(text), {
      error: 'must not contain white space or invisible characters',
    })
    .refine((text) => !isForbiddenName(text), { error: 'cannot be a name' });

/** The name of an argument of a tool: clients accept no other. */
export const fieldName = () =>
  z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, 'expected a name of letters, digits, _ and -, at most 40, a letter first')
    .refine((text) => !isForbiddenName(text), { error: 'cannot be a name' });

export const pointer = () =>
  described(
    'A JSON pointer (RFC 6901).',
    z
      .string()
      .max(512)
      .superRefine((text, context) => {
        const fault = pointerFault(text);
        if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
      }),
  );

/** A pointer that leads somewhere. */
export const place = () =>
  pointer().refine((text) => text !== '', { error: 'expected a place inside the user record, not all of it' });

/** Text with `{name}` for a setting. What it may contain is checked where its place is known. */
export const template = () =>
  z
    .string()
    .min(1)
    .max(1024)
    .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), {
      error: 'must not contain line breaks or control characters',
    });

/** The path of a call, behind the base URL. */
export const path = () => described('Behind the base URL. A name in braces fills a whole segment.', pathText());

const pathText = () =>
  template()
    .regex(/^\//, 'expected a path that begins with /')
    .refine((text) => !/[?#\\\s]/.test(text), { error: 'a path has no ?, #, backslash or white space; see query' })
    .refine((text) => text.split('/').every((part) => !/^(?:\.|%2e){1,2}$/i.test(part)), {
      error: 'must not contain . or .. as a segment',
    })
    .refine((text) => !text.startsWith('//'), { error: 'must not begin with two slashes: that would be a host' });

/** The name of a query parameter. */
export const parameterName = () =>
  z.string().regex(/^[A-Za-z0-9_$@][\w$@.:[\]-]{0,63}$/, 'expected the name of a parameter');

export const query = () =>
  described('Parameters by name; values may have names in braces.', z.record(parameterName(), template()));

/** RFC 9110 section 5.1. */
export const headerName = () => z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'expected the name of a header');

export const headers = () => z.record(headerName(), template());

export const httpsUrl = () =>
  z
    .url({ protocol: /^https$/, error: 'expected an https URL' })
    .max(512)
    .meta({ format: 'uri' });

/** A value as JSON has it, small. */
export const scalar = () => z.union([z.string().max(256), z.number(), z.boolean(), z.null()]);
