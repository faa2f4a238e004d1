/** What a browser does with cookies and redirects, as far as a sign-in by OpenID Connect depends on it. */
export interface CookieBrowser {
  get(url: string, from?: 'same-site' | 'cross-site'): Promise<Page>;
  post(url: string, fields: Record<string, string>): Promise<Page>;
  cookies(): string[];
}

export interface Page {
  status: number;
  /** Where it leads: a redirect, or a page that reloads itself from its own site. */
  location: string;
  body: string;
}

interface Cookie {
  value: string;
  isStrict: boolean;
}

/** Keeps the cookies of each host and port, and withholds strict ones where another site caused the request. */
export function createCookieBrowser(): CookieBrowser {
  const jars = new Map<string, Map<string, Cookie>>();

  async function send(url: string, init: RequestInit, isCrossSite: boolean): Promise<Page> {
    const { host, origin } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, Cookie>();
    jars.set(host, jar);
    const sent = [...jar].filter(([, { isStrict }]) => !isStrict || !isCrossSite);
    const cookie = sent.map(([name, { value }]) => `${name}=${value}`).join('; ');
    const site = { 'sec-fetch-site': isCrossSite ? 'cross-site' : 'same-origin' };
    const headers = { ...site, ...(cookie !== '' && { cookie }), ...(init.method === 'POST' && { origin }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, { value, isStrict: /samesite=strict/i.test(line) });
    }
    const body = await response.text();
    const reloaded = /http-equiv="refresh" content="0;url=([^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    const location = response.headers.get('location') ?? reloaded;
    return { status: response.status, location: location === undefined ? '' : new URL(location, url).href, body };
  }

  return {
    get: (url, from = 'same-site') => send(url, {}, from === 'cross-site'),
    post: (url, fields) => send(url, { method: 'POST', body: new URLSearchParams(fields) }, false),
    cookies: () => [...jars.values()].flatMap((jar) => [...jar.keys()]),
  };
}
