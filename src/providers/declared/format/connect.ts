import * as z from 'zod';
import { described } from '../../../lib/described.ts';
import { headers, sentence, template } from './parts.ts';

/** How a connection is made: settings, base URL, headers, authentication. */

/** What a setting may stand for. `host` and `url`: a whole host; `text`: one label of a host, or one segment of a path. */
export const SETTING_KINDS = ['text', 'secret', 'host', 'url'] as const;

const setting = () =>
  z.strictObject({
    kind: described(
      'What it may stand for: `host` and `url` a whole host, `text` one label of a host or one segment of a path, `secret` a part of a header only.',
      z.enum(SETTING_KINDS),
    ),
    description: described('What it is, for the administrator.', sentence(200)),
    optional: described('A connection may leave it out.', z.literal(true)).optional(),
  });

export const settings = () =>
  described(
    'The settings of a connection. Each may come from the environment variable `<ID>_<SETTING>`, and from no other.',
    z.record(
      z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/, 'expected a name of letters and digits, a small letter first'),
      setting(),
    ),
  );

export const baseUrl = () => described('Where the API is: https://… , or a setting of kind `url`.', template());

export const commonHeaders = () =>
  described('Headers of every request. One with a setting that is not given is left out.', headers());

export const auth = () =>
  described(
    'How to sign in: headers, basic, or clientCredentials.',
    z.strictObject({
      headers: described('Headers with the credential.', headers()).optional(),
      basic: described(
        'RFC 7617.',
        z.strictObject({
          user: described('A template of settings.', template()),
          password: described('A template of settings.', template()),
        }),
      ).optional(),
      clientCredentials: described(
        'An access token for the client (RFC 6749 section 4.4), renewed before it ends.',
        z.strictObject({
          tokenUrl: described('Where the token comes from: an https URL.', template()),
          clientId: described('A template of settings.', template()),
          clientSecret: described('A template of settings.', template()),
          scope: described('What the token is asked for.', template()).optional(),
          sends: described('Where id and secret of the client go.', z.enum(['basic', 'form'])),
        }),
      ).optional(),
    }),
  );

export const userId = () =>
  described(
    'The id of a user in paths.',
    z.strictObject({
      kind: described('What an id looks like.', z.enum(['digits', 'uuid', 'text'])),
      maxLength: described('The most characters of a `text`.', z.int().min(1).max(256)).optional(),
      number: described('The vendor writes it as a number.', z.literal(true)).optional(),
    }),
  );
