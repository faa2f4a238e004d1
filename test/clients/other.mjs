import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

/** The server that a person had before: one tool, and no need of any variable. */
const server = new McpServer({ name: 'other', version: '1.0.0' });
server.registerTool('answer', {}, () => ({ content: [{ type: 'text', text: '42' }] }));
await server.connect(new StdioServerTransport());
