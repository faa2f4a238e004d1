export const credentials = {
  tenant: 'acme',
  apiKey: 'sandbox-atomicwork-key/4b1f+7c==',
  workspaceIds: ['7', '9007199254740997'],
} as const;
