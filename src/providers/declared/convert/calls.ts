import type { Lookup, Paging, Probe, RecordRead, RecordWrite } from '../../calls.ts';
import type { ErrorShape } from '../../errors.ts';
import type { ProviderFile } from '../format/file.ts';
import { parsePointer } from '../pointer.ts';
import { given } from './given.ts';

/** The calls of a provider, with pointers as lists of keys. */

export function toRead({ read: { path, query, unwrap, lagMs } }: ProviderFile): RecordRead {
  return given({ path, query, unwrap: unwrap === undefined ? undefined : parsePointer(unwrap), lagMs });
}

export function toWrite({ write }: ProviderFile): RecordWrite {
  const { carry, withhold, echo, ...same } = write;
  return given({
    ...same,
    carry: carry === 'all' ? ('record' as const) : carry?.map(parsePointer),
    withhold: withhold?.map(parsePointer),
    echo: echo && Object.fromEntries(Object.entries(echo).map(([name, one]) => [name, given(one)])),
  });
}

export function toLookups({ find }: ProviderFile): Lookup[] {
  return find.map(({ list, total, paging, ...same }) =>
    given({
      ...same,
      list: list === undefined ? undefined : parsePointer(list),
      total: total === undefined ? undefined : parsePointer(total),
      paging: paging && toPaging(paging),
    }),
  );
}

function toPaging(paging: NonNullable<ProviderFile['find'][number]['paging']>): Paging {
  switch (paging.kind) {
    case 'cursor':
    case 'next':
      return { ...paging, from: parsePointer(paging.from) };
    case 'number':
      return given(paging);
    case 'start':
    case 'link':
      return paging;
  }
}

export function toProbe({ probe: { path, query, shows, rights } }: ProviderFile): Probe {
  return given({ path, query, shows: shows === 'list' ? shows : shows.map(parsePointer), rights });
}

export function toErrors({ errors: { messages, faults, header, codes } }: ProviderFile): ErrorShape {
  return given({
    messages: messages?.map(parsePointer),
    faults: faults?.map(({ at, keyed, path, message }) =>
      given({
        at: parsePointer(at),
        keyed,
        path: path === undefined ? undefined : parsePointer(path),
        message: parsePointer(message),
      }),
    ),
    header,
    codes: codes?.map(({ at, is, contains, statuses }) => given({ at: parsePointer(at), is, contains, statuses })),
  });
}
