import { type IncomingHttpHeaders, request } from 'node:http';

/** An HTTP client that is not a browser: every header is what the test says. Keeps one cookie. */

export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface RawHttpClient {
  cookie: string;
  get(path: string, headers?: Record<string, string>): Promise<RawResponse>;
  post(path: string, fields: Record<string, string> | string, headers?: Record<string, string>): Promise<RawResponse>;
  /** The hidden fields of the form with this action, read from a page. */
  hiddenFieldsOf(page: string, action: string): Record<string, string>;
}

/** `from`: an address of this machine to send from, such as 127.0.0.2. */
export function createRawClient(origin: string, from?: string): RawHttpClient {
  const client: RawHttpClient = {
    cookie: '',
    get: (path, headers = {}) => send('GET', path, headers),
    post(path, fields, headers = {}) {
      const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
      const own = { origin, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
      return send('POST', path, { ...own, ...headers }, body);
    },
    hiddenFieldsOf(page, action) {
      const form = new RegExp(`action="${action}"[^]*?</form>`).exec(page)?.[0] ?? '';
      return Object.fromEntries(
        [...form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]),
      );
    },
  };
  return client;

  function send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<RawResponse> {
    const sent = Object.fromEntries(
      Object.entries({ cookie: client.cookie, ...headers }).filter(([, value]) => value !== ''),
    );
    return new Promise((resolve, reject) => {
      const message = request(
        new URL(path, origin),
        { method, headers: sent, agent: false, ...(from && { localAddress: from }) },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const [set] = response.headers['set-cookie'] ?? [];
            if (set !== undefined) client.cookie = set.split(';')[0] ?? '';
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      message.once('error', reject);
      message.end(body);
    });
  }
}
