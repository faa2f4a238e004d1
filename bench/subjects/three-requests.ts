let undici: Promise<typeof import('undici')> | undefined;

/** The minimum for an update with a read-back: GET, PUT, GET with undici. */
export async function threeRequests(base: string, userId: string, set: Record<string, unknown>): Promise<string> {
  undici ??= import('undici');
  const { request } = await undici;
  const url = `${base}/users/${encodeURIComponent(userId)}`;
  const headers = { accept: 'application/json', authorization: 'Bearer bench' };
  const before = (await (await request(url, { headers })).body.json()) as Record<string, unknown>;
  const { id: _, ...fields } = { ...before, ...set };
  const written = await request(url, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  await written.body.text();
  if (written.statusCode !== 200) throw new Error(`the write returned ${written.statusCode}`);
  const after = (await (await request(url, { headers })).body.json()) as Record<string, unknown>;
  const wrong = Object.keys(set).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(set[name]));
  return wrong.length === 0 ? 'updated' : `not written: ${wrong.join(', ')}`;
}
