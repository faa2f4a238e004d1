import { gzipSync } from 'node:zlib';
import type { JsonValue } from '../json.ts';
import type { RecordedRequest } from '../types.ts';

let bomb: Buffer | undefined;

/** About 50 kB that unpack to 50 MB of valid JSON; packed once. */
export function gzipBomb(): Buffer {
  bomb ??= gzipSync(Buffer.concat([Buffer.from('{}'), Buffer.alloc(50 * 1024 * 1024, ' ')]));
  return bomb;
}

/**
 * Everything a request contained, in the forms in which a careless server returns it. The most sensitive values come
 * first, because some readers keep only the start of an error message.
 */
export function echoText(request: RecordedRequest): string {
  const { authorization = '', ...headers } = request.headers;
  const credential = authorization.replace(/^(?:Basic|Bearer)\s+/i, '');
  const plainBasic = /^Basic/i.test(authorization) ? Buffer.from(credential, 'base64').toString() : '';
  const values = [
    ...leaves(request.body),
    credential,
    plainBasic,
    ...plainBasic.split(/:(.*)/s),
    ...Object.values(headers),
    decodeURIComponentSafely(request.path),
    request.rawBody,
    JSON.stringify(request.headers),
  ].filter((value) => value !== '');
  return [...new Set(values)].flatMap(formsOf).join(' | ');
}

function formsOf(value: string): string[] {
  const html = value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  const named = value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  const base64 = Buffer.from(value).toString('base64');
  const base64url = Buffer.from(value).toString('base64url');
  return [...new Set([value, encodeURIComponentSafely(value), form, json, ascii, html, named, base64, base64url])];
}

function leaves(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null || typeof value === 'boolean') return [];
  if (typeof value === 'object') return Object.values(value).flatMap(leaves);
  return [String(value)];
}

function encodeURIComponentSafely(text: string): string {
  // Through UTF-8 and back: a lone surrogate would make encodeURIComponent throw.
  return encodeURIComponent(Buffer.from(text).toString());
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
