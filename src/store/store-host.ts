import type { GroupHost } from './group/types.ts'

/** What the store needs of the groups of its member. */
export type StoreHost = Pick<
  GroupHost,
  'confirmRead' | 'held' | 'onChanged' | 'replica' | 'status' | 'submit'
>
