import { UsageError } from '../../errors.ts';
import { isProtected } from '../../lib/loopback.ts';
import type { Template } from '../calls.ts';
import type { ConnectionSettings } from '../provider.ts';
import { fill, namesIn } from './template.ts';

/**
 * Fills the template of a whole URL. What a setting may hold depends on its place: the beginning of a URL, a host name, a
 * label of one, or one segment of the path. So no setting leads to another host or path than its template says. Undefined
 * if a setting is missing; throws a UsageError for a value that does not fit its place.
 */
export function fillUrl(template: Template, settings: ConnectionSettings): string | undefined {
  const { base = '', scheme = '', host = '', path = '' } = SHAPE.exec(template)?.groups ?? {};
  if (base + host === '') throw new UsageError(`${template}: not the template of a URL`);
  const isWholeHost = /^\{\w+\}(?::\d+)?$/.test(host);
  const parts = [
    fill(base, settings, toBase),
    scheme,
    fill(host, settings, isWholeHost ? toHost : toLabel),
    fill(path, settings, toSegment),
  ];
  if (parts.includes(undefined)) return undefined;
  const url = parts.join('');
  if (!URL.canParse(url)) throw new UsageError(`${namesIn(template).join(', ')}: makes no URL of ${template}`);
  return url;
}

/** A base URL as one setting, or a scheme and a host; then the path. */
const SHAPE = /^(?:(?<base>\{\w+\})(?=[/?#]|$)|(?<scheme>https?:\/\/)(?<host>[^/?#]+))(?<path>.*)$/s;

/** Whether a path leads elsewhere than its segments say. Some servers end a segment at a semicolon. */
export function hasDotSegment(path: string): boolean {
  return /(?:^|\/)(?:\.|%2e){1,2}(?=[/;]|$)/i.test(path.split(/[?#]/)[0] ?? '');
}

function toBase(value: string, name: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isBare = url && url.username + url.password === '' && !/[?#]/.test(value);
  if (isBare && isProtected(url)) return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new UsageError(`${name}: expected an https URL (plain http only on loopback) without user name, ? and #`);
}

function toHost(value: string, name: string): string {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(value) && !value.includes('..')) return value;
  throw new UsageError(`${name}: expected a host name such as acme.example.com`);
}

function toLabel(value: string, name: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(value)) return value;
  throw new UsageError(`${name}: expected one part of a host name, with letters, digits and dashes only`);
}

function toSegment(value: string, name: string): string {
  if (value.isWellFormed() && !/^\.+$/.test(value)) return encodeURIComponent(value);
  throw new UsageError(`${name}: does not fit into one segment of a path`);
}
