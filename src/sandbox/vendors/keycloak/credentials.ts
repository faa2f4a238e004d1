export const credentials = {
  realm: 'acme',
  clientId: 'update-user-mcp',
  clientSecret: 'kc-s4ndb0x+S3cr/t==',
} as const;
