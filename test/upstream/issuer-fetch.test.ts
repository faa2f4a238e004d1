import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { issuerFetch } from '../../src/upstream/issuer-fetch.ts';

it('reaches https and this machine only, and follows no redirect', async () => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (request.url === '/away') response.writeHead(302, { location: '/there' }).end();
    else if (request.url === '/nothing') response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ asked }));
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const get = (host: string, path = '/') => issuerFetch(`http://${host}:${port}${path}`, { method: 'GET' });
  expect(await (await get('127.0.0.1')).json()).toEqual({ asked: 1 });
  expect((await get('127.0.0.1', '/away')).status).toBe(302);
  expect((await get('127.0.0.1', '/nothing')).status).toBe(204);
  expect(asked).toBe(3);
  // Every address of this machine that is no loopback would be reached too.
  await expect(get('0.0.0.0')).rejects.toMatchObject({ problem: 'unreachable' });
  await expect(issuerFetch(`http://127.0.0.1:${port}/`, { method: 'DELETE' })).rejects.toMatchObject({ sent: false });
  expect(asked).toBe(3);
});
