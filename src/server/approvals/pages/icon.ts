/** The icon of the page in a browser's tab: a person and a tick. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#17643a"/><g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"><circle cx="12" cy="10" r="4"/><path d="M5 25c0-5 3-8 7-8 2 0 4 1 5 2"/><path d="m17 24 3 3 7-8"/></g></svg>
`;
