import Agent from 'undici/lib/dispatcher/agent.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';

/**
 * What we use of undici, from its own files: its index also loads fetch, WebSocket, caches and mocks, which more than
 * doubles the time of the first request.
 */
export { Agent, EnvHttpProxyAgent };
