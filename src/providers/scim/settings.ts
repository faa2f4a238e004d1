import * as z from 'zod';
import { described } from '../../lib/described.ts';
import { WAIT_UNITS } from '../errors.ts';
import { ACTIVE_FALSE, DIALECT_NAMES, FILTERS, UPDATES } from './dialects.ts';
import { extensionField } from './extensions.ts';

const names = () => z.array(z.string().min(1).max(128)).max(100);

/** The settings of a SCIM connection: where it is, the token, and its dialect. */
export function scimSettings() {
  return z.strictObject({
    baseUrl: described(
      'What stands before `/Users`; https, or plain http on loopback.',
      z.url().refine((url) => !/\/Users\/?$/i.test(url), { error: 'expected what stands before /Users, without it' }),
    ),
    token: described('The bearer token of the directory.', z.string().min(1)),
    dialect: described('The keys below for a known service; a key beside it wins.', z.enum(DIALECT_NAMES)).optional(),
    update: described('`auto`: PATCH where the service says that it takes it, else PUT.', z.enum(UPDATES)).optional(),
    contentType: described(
      'Of bodies; `application/scim+json` when left out. A 415 is answered once with `application/json`.',
      z.string().regex(/^application\/(?:[a-z0-9.-]+\+)?json$/, {
        error: 'expected a JSON media type such as application/json',
      }),
    ).optional(),
    alwaysSend: described('Fields that are sent along with every change, as read.', names()).optional(),
    multiValued: described(
      '`one`: the service keeps one value of emails, phoneNumbers …',
      z.enum(['many', 'one']),
    ).optional(),
    immutable: described('Fields, or `field.key`, that are refused before anything is sent.', names()).optional(),
    filters: described(
      'Attributes for which the service takes `eq`; no other is sent.',
      z.array(z.enum(FILTERS)),
    ).optional(),
    patchStyle: described(
      '`object`: `add` and `replace` carry no path, `remove` does.',
      z.enum(['path', 'object']),
    ).optional(),
    maxOperations: described(
      'A change that needs more operations is refused, never split.',
      z.int().min(1).max(1000),
    ).optional(),
    activeFalse: described('What `active: false` does to a user.', z.enum(ACTIVE_FALSE)).optional(),
    slowDown: described(
      'Statuses besides 429 and headers besides `Retry-After` that ask to wait.',
      z.strictObject({
        statuses: described('HTTP statuses.', z.array(z.int().min(400).max(599)).max(10)).optional(),
        headers: described(
          'Headers that say how long to wait.',
          z
            .array(
              z.strictObject({
                name: described('The name of the header.', z.string().regex(/^[\w-]{1,64}$/)),
                unit: described('Of its number; `epoch`: seconds since 1970.', z.enum(WAIT_UNITS)),
              }),
            )
            .max(10),
        ).optional(),
      }),
    ).optional(),
    extensions: described(
      'Fields of schema extensions: URN, attribute, and what a provider file says of a field.',
      z.record(
        z.string().regex(/^urn:[\w.:/-]{3,200}$/i, { error: 'expected the URN of a schema extension' }),
        z.record(
          z.string().regex(/^[A-Za-z$][\w$-]{0,63}$/, { error: 'expected the name of an attribute' }),
          extensionField(),
        ),
      ),
    ).optional(),
  });
}

export type ScimSettings = z.output<ReturnType<typeof scimSettings>>;
