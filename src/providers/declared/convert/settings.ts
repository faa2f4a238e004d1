import * as z from 'zod';
import { described } from '../../../lib/described.ts';
import { isProtected } from '../../../lib/loopback.ts';
import { baseUrl } from '../../schemas.ts';
import type { ProviderFile } from '../format/file.ts';

type FileSetting = ProviderFile['settings'][string];

/** The settings of a connection, checked so that none can lead a request anywhere else. */
export function settingsSchema(file: ProviderFile): z.ZodType {
  const own = Object.entries(file.settings).map(([name, setting]) => {
    const schema = described(sentenceOf(setting.description), schemaOf(setting));
    return [name, setting.optional ? schema.optional() : schema] as const;
  });
  return z.strictObject({
    baseUrl: baseUrl(),
    ...(file.auth.clientCredentials && {
      tokenUrl: described('URL of the token endpoint; https, or plain http on loopback.', url()).optional(),
    }),
    ...Object.fromEntries(own),
  });
}

function schemaOf({ kind }: FileSetting): z.ZodType {
  switch (kind) {
    case 'secret':
      return z.string().min(1);
    case 'host':
      return z
        .string()
        .max(260)
        .regex(HOST, 'expected a host name such as id.example.com, without https:// and without a path');
    case 'url':
      return url();
    case 'text':
      // In a host, `fillUrl` lets it be one label only.
      return z.string().min(1).max(256);
  }
}

const HOST =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*(?::\d{1,5})?$/;

/** A base URL as a setting: other settings may follow it as segments. */
function url() {
  return z.url('expected a URL such as https://id.example.com').refine(isSafeAddress, {
    error: 'expected https (plain http only on loopback), without a user, a query or a fragment',
  });
}

function isSafeAddress(text: string): boolean {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  return (
    address !== undefined && isProtected(address) && address.username + address.password === '' && !/[?#\\]/.test(text)
  );
}

/** Descriptions are sentences in documentation and editors. */
function sentenceOf(text: string): string {
  const start = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
