export const credentials = {
  directoryId: '5a1c7a0e-3d1b-4c55-9d0a-2f6a4f1f7b10',
  token: 'sandbox-atlassian-scim/63fa+0b==',
} as const;
