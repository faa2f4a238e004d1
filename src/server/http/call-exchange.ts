import {
  type AuthInfo,
  type InboundModernRoute,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type JSONRPCResultResponse,
  PerRequestHTTPServerTransport,
  type PerRequestMessageExtra,
  SdkError,
  SdkErrorCode,
  type Server,
  type TransportSendOptions,
} from '@modelcontextprotocol/server';

/** The revision of MCP whose calls are served here. */
export const CALL_REVISION = '2026-07-28';

/** A request that the SDK has classified as one of the 2026-07-28 revision or later. */
type ModernRequest = Extract<InboundModernRoute, { messageKind: 'request' }>;

/**
 * Serves tool calls, one server for each. The SDK's own handler turns every result into a web Response with a stream in it,
 * which costs several times what the rest of its work does; here a result stays a message. What else a call may come to,
 * progress and errors, is left to the SDK.
 */
export interface CallExchanges {
  serve(call: ModernRequest, authInfo: AuthInfo, signal: AbortSignal): Promise<JSONRPCResultResponse | Response>;
  /** Ends the exchanges that are open. */
  close(): Promise<void>;
}

export function createCallExchanges(createServer: () => Server): CallExchanges {
  const open = new Set<CallTransport>();
  return {
    async serve({ message, classification }, authInfo, signal) {
      if (signal.aborted) return disconnected();
      const transport = new CallTransport({ classification });
      transport.onclose = () => open.delete(transport);
      open.add(transport);
      signal.addEventListener('abort', () => void transport.close(), { once: true });
      await createServer().connect(transport);
      try {
        const response = await transport.exchange(message, { authInfo });
        // Nothing can follow a result, so the server is dropped as it is.
        if (!(response instanceof Response)) open.delete(transport);
        return response;
      } catch (error) {
        if (error instanceof SdkError && error.code === SdkErrorCode.ConnectionClosed) return disconnected();
        throw error;
      }
    },
    async close() {
      await Promise.all([...open].map((transport) => transport.close()));
    },
  };
}

/**
 * Whether the headers repeat what the body says, as the revision requires. Other requests go through the SDK's handler, which
 * knows why to reject them.
 */
export function isPlainCall(
  route: { kind: string } | ModernRequest,
  headers: Readonly<Record<string, unknown>>,
): route is ModernRequest {
  if (!('messageKind' in route) || route.messageKind !== 'request') return false;
  const { message, classification } = route;
  return (
    message.method === 'tools/call' &&
    classification.revision === CALL_REVISION &&
    headers['mcp-protocol-version'] === CALL_REVISION &&
    headers['mcp-method'] === message.method &&
    headers['mcp-name'] === message.params?.['name']
  );
}

/** The SDK's transport for one request, which hands over a result as a message unless a stream has begun. */
class CallTransport extends PerRequestHTTPServerTransport {
  #finish: (result: JSONRPCResultResponse) => void = () => {};
  #isStreaming = false;

  exchange(message: JSONRPCRequest, extra: PerRequestMessageExtra): Promise<JSONRPCResultResponse | Response> {
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.handleMessage(message, extra).then(resolve, reject);
    });
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if ('result' in message && !this.#isStreaming) return this.#finish(message);
    this.#isStreaming = true;
    await super.send(message, options);
  }
}

/** What the SDK's handler returns when the client is gone. No one receives it. */
function disconnected(): Response {
  return new Response(null, { status: 499 });
}
