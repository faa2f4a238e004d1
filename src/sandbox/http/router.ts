import type { VendorRoute } from '../define-vendor.ts';

/**
 * The route of a path, with its decoded parameters; undefined if there is none, `'method'` if only the method is wrong.
 */
export function matchRoute(
  routes: readonly VendorRoute[],
  method: string,
  pathname: string,
): { route: VendorRoute; params: Record<string, string> } | 'method' | undefined {
  let known = false;
  for (const route of routes) {
    const params = matchPath(route.path, pathname);
    if (!params) continue;
    if (route.method === method) return { route, params };
    known = true;
  }
  return known ? 'method' : undefined;
}

function matchPath(pattern: string, pathname: string): Record<string, string> | undefined {
  const expected = pattern.split('/');
  const given = pathname.split('/');
  if (expected.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = decode(given[index] ?? '');
    if (value === undefined) return undefined;
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
