export const credentials = {
  tenantId: 'a4b1c2d3-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  clientId: '00001111-aaaa-2222-bbbb-3333cccc4444',
  clientSecret: 'mg8Q~sandbox+7Yp/KZ0v~nW=1bTqXl',
} as const;
