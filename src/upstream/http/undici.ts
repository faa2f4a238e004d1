import connect from 'undici/lib/api/api-connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';

/**
 * What we use of undici, from its own files: its index also loads fetch, WebSocket, caches and mocks, which more than
 * doubles the time of the first request.
 */
export { Agent, EnvHttpProxyAgent };

// As undici's index does: a proxy's tunnel is opened with this method.
Object.assign(Dispatcher.prototype, { connect });
