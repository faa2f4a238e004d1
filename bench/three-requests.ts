let undici: Promise<typeof import('undici')> | undefined;

/** The least an update with a read-back can do: GET, PUT, GET, with undici and nothing else. */
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
  if (written.statusCode !== 200) throw new Error(`the write was answered with ${written.statusCode}`);
  const after = (await (await request(url, { headers })).body.json()) as Record<string, unknown>;
  const wrong = Object.keys(set).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(set[name]));
  return wrong.length === 0 ? 'updated' : `not written: ${wrong.join(', ')}`;
}
