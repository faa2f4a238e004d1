import * as z from 'zod';
import { fileSchema } from './format/file.ts';

/** The format of provider files as JSON Schema, for editors. */
export function providerFileSchema(): object {
  const schema = z.toJSONSchema(fileSchema(), { io: 'input', unrepresentable: 'any' });
  return { ...schema, title: 'update-user-mcp provider file' };
}
