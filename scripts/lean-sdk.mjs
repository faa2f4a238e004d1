import { parseAst } from 'rolldown/parseAst';

const SDK = /@modelcontextprotocol[\\/](?:core|server|client)[\\/]dist[\\/]/;
const CORE = /@modelcontextprotocol[\\/]core[\\/]dist[\\/]/;
const CLIENT = /@modelcontextprotocol[\\/]client[\\/]|\?client$/;

/**
 * A plugin that leaves out the zod schemas of the MCP SDK that the bundle never uses. The SDK creates all of them as soon
 * as it is imported, about a thousand with their parts: more work than the rest of a start.
 *
 * - A bundler cannot know that `Base.extend({ … })` has no side effects. The constants of the modules with the schemas are
 *   marked so.
 * - Two lists, `specTypeSchemas` and `isSpecType`, refer to every schema. They are filled where they are used.
 * - The SDK's client gets the schemas as modules of its own. Otherwise every start would create what only the client uses.
 */
export const leanSdk = {
  name: 'lean-sdk',

  resolveId: {
    filter: { id: /^@modelcontextprotocol\/core|^\.\.?\// },
    async handler(source, importer, options) {
      if (!CLIENT.test(importer ?? '')) return undefined;
      const resolved = await this.resolve(source, withoutQuery(importer), { ...options, skipSelf: true });
      return resolved && CORE.test(resolved.id) ? { ...resolved, id: `${resolved.id}?client` } : resolved;
    },
  },

  load: {
    filter: { id: /\?client$/ },
    async handler(id) {
      return await this.fs.readFile(withoutQuery(id), { encoding: 'utf8' });
    },
  },

  transform: {
    filter: { id: SDK },
    handler: (code, id) => (CORE.test(id) ? withPureConstants(code) : withLazyLists(code)),
  },
};

function withoutQuery(id) {
  return id.replace(/\?client$/, '');
}

/** Wraps the calls that initialize constants in functions of which the bundler may take for granted that they are pure. */
function withPureConstants(code) {
  let marked = '';
  let end = 0;
  for (const { init } of parseAst(code).body.flatMap(({ declarations }) => declarations ?? [])) {
    if (init?.type !== 'CallExpression') continue;
    marked += code.slice(end, init.start) + pure(code.slice(init.start, init.end));
    end = init.end;
  }
  return marked + code.slice(end);
}

function withLazyLists(code) {
  const loops = [];
  const withoutLoops = code.replace(/^for \(.+\) register\(key, .+\);$/gm, (loop) => {
    loops.push(loop);
    return '';
  });
  return withoutLoops.replace(/Object\.freeze\((_specTypeSchemas|_isSpecType)\)/g, (_, list) =>
    pure(`{ ${loops.join(' ')} return ${list}; }`),
  );
}

function pure(body) {
  return `/* @__PURE__ */ (() => ${body})()`;
}
