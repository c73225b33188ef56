/**
 * What a console keeps of an account: publications and profiles that were shown, drafts, and dweets
 * that are still to be published. It is what its records come to, one after the other. Pure.
 */
import type { NewDweet, Profile, Publication } from '../../wire/api-dweets.ts'
import { compareIds } from '../../wire/dweet-ids.ts'

/** Beyond it those are given up that were saved longest ago. */
export const KEPT_PUBLICATIONS_MAX = 5_000
export const KEPT_PROFILES_MAX = 500

/** A dweet that waits for the ring. */
export interface Unsent {
  /** Its Idempotency-Key: it is published once, however often it is sent. */
  readonly key: string
  readonly dweet: NewDweet
  readonly writtenMs: number
  /** When it was sent first: nobody knows what became of it. */
  readonly triedMs?: number
}

export interface Draft {
  readonly key: string
  readonly dweet: NewDweet
}

export type KeptRecord =
  /** First of a file: of which ring it is. */
  | { readonly kind: 'ring'; readonly ring: string }
  | { readonly kind: 'publication'; readonly publication: Publication }
  | { readonly kind: 'gone'; readonly id: string }
  | { readonly kind: 'profile'; readonly profile: Profile }
  /** The ring answered. */
  | { readonly kind: 'saved'; readonly atMs: number }
  | {
      readonly kind: 'unsent'
      readonly key: string
      readonly dweet: NewDweet
      readonly writtenMs: number
    }
  | { readonly kind: 'tried'; readonly key: string; readonly atMs: number }
  /** It was published, refused, or given up. */
  | { readonly kind: 'settled'; readonly key: string }
  | { readonly kind: 'draft'; readonly key: string; readonly dweet: NewDweet }
  | { readonly kind: 'undraft'; readonly key: string }
  /** Notifications up to this one were told here. */
  | { readonly kind: 'noted'; readonly id: string }

export interface Kept {
  readonly ring: string | undefined
  /** By id, in the order in which they were saved. */
  readonly publications: ReadonlyMap<string, Publication>
  readonly profiles: ReadonlyMap<string, Profile>
  /** In the order in which they were written. */
  readonly unsent: readonly Unsent[]
  readonly drafts: readonly Draft[]
  /** When the ring answered last. */
  readonly savedMs: number | undefined
  /** The newest notification that was told here. */
  readonly noted: string | undefined
}

export const NOTHING_KEPT: Kept = {
  ring: undefined,
  publications: new Map(),
  profiles: new Map(),
  unsent: [],
  drafts: [],
  savedMs: undefined,
  noted: undefined,
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
interface Growing extends Writable<Omit<Kept, 'publications' | 'profiles'>> {
  publications: Map<string, Publication>
  profiles: Map<string, Profile>
}

/** With what these say, in their order. */
export function withRecords(kept: Kept, records: Iterable<KeptRecord>): Kept {
  const next: Growing = {
    ...kept,
    publications: new Map(kept.publications),
    profiles: new Map(kept.profiles),
  }
  for (const record of records) take(next, record)
  return next
}

function take(kept: Growing, record: KeptRecord): void {
  switch (record.kind) {
    case 'ring':
      kept.ring = record.ring
      return
    case 'publication':
      setLast(kept.publications, {
        key: record.publication.id,
        value: record.publication,
        count: KEPT_PUBLICATIONS_MAX,
      })
      return
    case 'gone':
      kept.publications.delete(record.id)
      return
    case 'profile':
      setLast(kept.profiles, {
        key: record.profile.nick,
        value: record.profile,
        count: KEPT_PROFILES_MAX,
      })
      return
    case 'saved':
      kept.savedMs = record.atMs
      return
    case 'draft':
      kept.drafts = [...without(kept.drafts, record.key), { key: record.key, dweet: record.dweet }]
      return
    case 'undraft':
      kept.drafts = without(kept.drafts, record.key)
      return
    case 'noted':
      kept.noted = record.id
      return
    case 'unsent':
    case 'tried':
    case 'settled':
      takeUnsent(kept, record)
  }
}

function takeUnsent(
  kept: Growing,
  record: Extract<KeptRecord, { readonly kind: 'unsent' | 'tried' | 'settled' }>,
): void {
  if (record.kind === 'settled') {
    kept.unsent = without(kept.unsent, record.key)
  } else if (record.kind === 'unsent') {
    const { key, dweet, writtenMs } = record
    kept.unsent = [...without(kept.unsent, key), { key, dweet, writtenMs }]
  } else {
    kept.unsent = kept.unsent.map((one) =>
      one.key === record.key && one.triedMs === undefined ? { ...one, triedMs: record.atMs } : one,
    )
  }
}

function without<T extends { readonly key: string }>(all: readonly T[], key: string): readonly T[] {
  return all.filter((one) => one.key !== key)
}

/** At the end of the map's order, also where it was in it; the first gives way. */
function setLast<T>(
  map: Map<string, T>,
  { count, key, value }: { readonly key: string; readonly value: T; readonly count: number },
): void {
  map.delete(key)
  map.set(key, value)
  const [first] = map.keys()
  if (map.size > count && first !== undefined) map.delete(first)
}

/**
 * The fewest records that come to this, but for publications and profiles; those that count first.
 */
export function recordsOf({ drafts, noted, ring, savedMs, unsent }: Kept): readonly KeptRecord[] {
  return [
    ...(ring === undefined ? [] : [{ kind: 'ring', ring } as const]),
    ...(savedMs === undefined ? [] : [{ kind: 'saved', atMs: savedMs } as const]),
    ...(noted === undefined ? [] : [{ kind: 'noted', id: noted } as const]),
    ...drafts.map(({ dweet, key }) => ({ kind: 'draft', key, dweet }) as const),
    ...unsent.flatMap(unsentRecords),
  ]
}

function unsentRecords({ key, dweet, writtenMs, triedMs }: Unsent): readonly KeptRecord[] {
  const unsent = { kind: 'unsent', key, dweet, writtenMs } as const
  return triedMs === undefined ? [unsent] : [unsent, { kind: 'tried', key, atMs: triedMs }]
}

/** What is new to it of what the ring told: nothing is written twice. */
export function newsOf(
  kept: Kept,
  told: {
    readonly publications?: readonly Publication[]
    readonly profiles?: readonly Profile[]
    readonly atMs: number
  },
): readonly KeptRecord[] {
  const { publications = [], profiles = [], atMs } = told
  return [
    ...publications
      .filter((one) => isOther(kept.publications.get(one.id), one))
      .map((publication) => ({ kind: 'publication', publication }) as const),
    ...profiles
      .filter((one) => isOther(kept.profiles.get(one.nick), one))
      .map((profile) => ({ kind: 'profile', profile }) as const),
    { kind: 'saved', atMs },
  ]
}

function isOther(before: unknown, now: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(now)
}

/** Newest first. */
export function newestOf(kept: Kept): readonly Publication[] {
  return [...kept.publications.values()].sort((a, b) => compareIds(b.id, a.id))
}

/** Whom a person may mean. */
export function nicksIn(kept: Kept): readonly string[] {
  const nicks = new Set(kept.profiles.keys())
  for (const publication of kept.publications.values()) {
    nicks.add(publication.author.nick)
    const dweet = publication.kind === 'dweet' ? publication : publication.of
    if (dweet === null) continue
    nicks.add(dweet.author.nick)
    for (const nick of dweet.mentions) nicks.add(nick)
  }
  return [...nicks].sort()
}
