import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Where the next commit that passes is cut off: before it arrives, or after it was carried out. */
export type Cut = 'before' | 'after';

/** A proxy between a store and its database that breaks connections at the worst moments. */
export interface CuttingProxy {
  /** The URL of the database, by way of this. */
  url: string;
  /** Cuts the next commits, one way each. */
  cut(...ways: Cut[]): void;
  /** Breaks every connection that is there now. */
  breakAll(): void;
  /** While true, connections are accepted and closed at once, as by a proxy whose server is gone. */
  refuse(refused: boolean): void;
  stop(): Promise<void>;
}

export async function startCuttingProxy(url: string): Promise<CuttingProxy> {
  const target = new URL(url);
  const { hostname, port } = target;
  const cuts: Cut[] = [];
  const sockets = new Set<Socket>();
  let refusing = false;

  const listener = createServer((client) => {
    if (refusing) return client.destroy();
    const database = connect(Number(port || 5432), hostname);
    let isCut = false;
    const breakBoth = (): void => {
      client.destroy();
      database.destroy();
    };
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        breakBoth();
      });
    }
    client.on('data', (chunk) => {
      // Found whole in one chunk, since the store sends it alone and waits.
      const cut = chunk.includes('COMMIT') ? cuts.shift() : undefined;
      if (cut === 'before') return breakBoth();
      isCut = cut === 'after';
      return void database.write(chunk);
    });
    database.on('data', (chunk) => (isCut ? breakBoth() : void client.write(chunk)));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');

  target.hostname = '127.0.0.1';
  target.port = String((listener.address() as AddressInfo).port);
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: target.href,
    cut: (...ways) => void cuts.push(...ways),
    breakAll,
    refuse: (refused) => {
      refusing = refused;
    },
    async stop() {
      listener.close();
      breakAll();
      await once(listener, 'close');
    },
  };
}
