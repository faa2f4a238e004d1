/** The parts of Express that the tests use; it has no types of its own. */
declare module 'express' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Request extends IncomingMessage {
    header(name: string): string | undefined;
  }

  export class Router {}

  export interface Application {
    (request: IncomingMessage, response: ServerResponse): void;
    use(path: string, router: Router): void;
    use(handler: (error: unknown, request: IncomingMessage, response: ServerResponse, next: () => void) => void): void;
  }

  export default function express(): Application;
}
