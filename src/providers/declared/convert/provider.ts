import * as z from 'zod';
import { namesIn } from '../../interpret/template.ts';
import { defineProvider, type EmailSource, type Provider, type StatusWord } from '../../provider.ts';
import { pathId } from '../../schemas.ts';
import type { SignIn } from '../../sign-in.ts';
import type { ProviderFile } from '../format/file.ts';
import { type DeclaredPlace, inUserRecord, placesOf } from '../places.ts';
import { parsePointer } from '../pointer.ts';
import { variableOf } from '../variables.ts';
import { toErrors, toLookups, toProbe, toRead, toWrite } from './calls.ts';
import { at, toFields } from './fields.ts';
import { given } from './given.ts';
import { settingsSchema } from './settings.ts';

/** The provider that a checked file describes. It has no functions besides schemas. */
export function toProvider(file: ProviderFile): Provider {
  const places = placesOf(file);
  const { readOnly, recordVersion, headers, findLimits, apart, statusHints, slowDown } = file;
  return defineProvider({
    id: file.id,
    title: file.title,
    docs: file.docs,
    settings: () => settingsSchema(file),
    env: toVariables(file),
    signIn: [toSignIn(file)],
    credentials: Object.keys(file.settings).filter((name) => file.settings[name]?.kind === 'secret'),
    baseUrl: file.baseUrl,
    ...(headers && { headers }),
    userId: () => userIdSchema(file),
    example: file.example,
    hint: file.hint,
    read: toRead(file),
    write: toWrite(file),
    fields: () => toFields(file),
    readOnly: Object.fromEntries(
      Object.entries(readOnly).map(([name, one]) => [name, typeof one === 'string' ? one : one.sensitivity]),
    ),
    readOnlyAt: toReadOnlyAt(file),
    volatile: file.volatile,
    ...(recordVersion && { version: recordVersion.map((pointer) => inUserRecord(places, parsePointer(pointer))) }),
    ids: file.ids,
    label: file.label,
    emails: file.emails.map((source) => toEmailSource(source, places)),
    ...(apart && { apart }),
    status: file.status as StatusWord[], // zod's JSON values are ours
    find: toLookups(file),
    ...(findLimits && { findLimits: given(findLimits) }),
    probe: toProbe(file),
    errors: toErrors(file),
    ...(statusHints && { statusHints: statusHints as Readonly<Record<number, string>> }),
    ...(slowDown && { slowDown: given(slowDown) }),
  });
}

/** Every setting has one variable, and so have the addresses that every connection may change. */
function toVariables({ id, settings, auth }: ProviderFile): Record<string, string> {
  const names = [...Object.keys(settings), 'baseUrl', ...(auth.clientCredentials ? ['tokenUrl'] : [])];
  return Object.fromEntries(names.map((name) => [name, variableOf(id, name)]));
}

/** A connection needs every setting that is not optional; those of the sign-in come first. */
function toSignIn({ auth, settings }: ProviderFile): SignIn {
  const { headers, basic, clientCredentials } = auth;
  const named = namesIn(Object.values({ ...headers, ...basic, ...clientCredentials }).join(' '));
  const needed = Object.keys(settings).filter((name) => !settings[name]?.optional);
  const [first = '', ...rest] = [
    ...needed.filter((name) => !named.includes(name)),
    ...needed.filter((name) => named.includes(name)),
  ];
  return {
    needs: [first, ...rest],
    ...(headers && { headers }),
    ...(basic && { basic: [basic.user, basic.password] as const }),
    ...(clientCredentials && { clientCredentials: given(clientCredentials) }),
  };
}

function userIdSchema({ userId: { kind, maxLength } }: ProviderFile): z.ZodType<string> {
  if (kind === 'uuid') {
    return z
      .string()
      .regex(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, 'expected the id of the user, a UUID')
      .meta({ listed: { type: 'string' } });
  }
  if (kind === 'digits') {
    const most = Math.min(maxLength ?? 19, 256);
    return z
      .string()
      .refine((text) => /^\d+$/.test(text) && text.length <= most, {
        error: 'expected the numeric user id as a string of digits',
      })
      .meta({ listed: { type: 'string' } });
  }
  if (maxLength === undefined) return pathId();
  return pathId()
    .max(maxLength, 'expected the id the vendor gave this user')
    .meta({ listed: { type: 'string' } });
}

function toReadOnlyAt({ readOnly }: ProviderFile): Record<string, readonly string[]> {
  const placed = Object.entries(readOnly).flatMap(([name, one]) => {
    const path = at(name, typeof one === 'string' ? undefined : one.pointer).at;
    return path ? [[name, path] as const] : [];
  });
  return Object.fromEntries(placed);
}

function toEmailSource(source: ProviderFile['emails'][number], places: readonly DeclaredPlace[]): EmailSource {
  if (typeof source === 'string') return { at: inUserRecord(places, parsePointer(source)) };
  const { pointer, value, where } = source;
  return given({ at: inUserRecord(places, parsePointer(pointer)), value, where }) as EmailSource; // zod's JSON values are ours
}
