import { AppError } from '../../errors.ts';
import type { Parameters, Template } from '../calls.ts';
import type { ConnectionSettings, Provider } from '../provider.ts';
import type { SignIn } from '../sign-in.ts';
import { fill } from './template.ts';
import { fillUrl, hasDotSegment } from './url.ts';

/** The base URL of a connection: its own, or the provider's. Throws if a setting is missing or does not fit in. */
export function baseUrlOf({ baseUrl }: Pick<Provider, 'baseUrl'>, settings: ConnectionSettings): string {
  const own = settings['baseUrl'];
  const url = typeof own === 'string' && own !== '' ? own : fillUrl(baseUrl, settings);
  if (url === undefined) throw new TypeError(`a setting of ${baseUrl} is missing`);
  return url;
}

/**
 * Path and query behind the base URL. Values are percent-encoded, so that each stays in its segment or parameter. Throws
 * `invalid_input` for `.` and `..`, which would be segments of another meaning even when encoded.
 */
export function pathAndQuery(path: Template, query: Parameters | undefined, values: ConnectionSettings): string {
  const filled = fill(path, values, (value) => encodeURIComponent(value.toWellFormed()));
  if (filled === undefined) throw new TypeError(`a value of ${path} is missing`);
  if (hasDotSegment(filled))
    throw new AppError('invalid_input', 'An id of dots would name another path; nothing was sent.');
  if (query === undefined) return filled;
  return withQuery(
    filled,
    Object.entries(query).flatMap(([name, template]) => {
      const value = fill(template, values);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Adds parameters to a path that may have some. */
export function withQuery(path: string, parameters: readonly (readonly [name: string, value: string])[]): string {
  if (parameters.length === 0) return path;
  const search = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  return `${path}${path.includes('?') ? '&' : '?'}${search}`;
}

/** The way to sign in for which the connection has all settings. */
export function signInOf({ signIn }: Pick<Provider, 'signIn'>, settings: ConnectionSettings): SignIn {
  const isGiven = (key: string) => settings[key] !== undefined && settings[key] !== '';
  return signIn.find(({ needs }) => needs.every(isGiven)) ?? signIn[0];
}

/** The headers of every request of a connection. An access token that has to be fetched is not among them. */
export function headersOf(
  provider: Pick<Provider, 'headers' | 'signIn'>,
  settings: ConnectionSettings,
): Record<string, string> {
  const { headers, basic } = signInOf(provider, settings);
  const filled = Object.entries({ ...provider.headers, ...headers }).flatMap(([name, template]) => {
    const value = fill(template, settings);
    return value === undefined ? [] : [[name, value] as const];
  });
  const pair = basic?.map((template) => fill(template, settings) ?? '').join(':');
  return {
    ...Object.fromEntries(filled),
    ...(pair !== undefined && { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` }),
  };
}
