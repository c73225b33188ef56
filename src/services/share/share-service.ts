/** Shares at one member: what the ring gives to everybody outside, and what it has from there. */
import { hexOf } from '../../base/hex.ts'
import type { ShareLookup } from '../../wire/api-shares.ts'
import { Downloads } from './downloads/downloads.ts'
import { Joining } from './downloads/joining.ts'
import { DownloadKeeper } from './downloads/keeper.ts'
import { Lookups, toldLookup } from './lookups.ts'
import { MainlineKeeper } from './mainline/mainline-keeper.ts'
import type { OutsideNetwork } from './outside.ts'
import type { ShareParts } from './parts.ts'
import { Sharers } from './sharers.ts'
import { Announcer } from './shares/announcer.ts'
import { Hashing } from './shares/hashing.ts'
import type { RingPublisher } from './shares/publisher.ts'
import { isRoot, requireShareName } from './shares/share-name.ts'
import { Shares } from './shares/shares.ts'

export interface ShareService extends AsyncDisposable {
  readonly shares: Shares
  readonly downloads: Downloads
  readonly outside: OutsideNetwork
  /** Contents under a name, apart. @throws AnilloError SHARE_NAME_UNFIT */
  lookup(name: string, signal?: AbortSignal): Promise<ShareLookup>
  /** Where somebody outside serves what they share under a name; `undefined`: nobody does. */
  provider(name: string): Promise<string | undefined>
  /** Says again what is due: a task of the ring’s schedule. @returns how many */
  refresh(signal: AbortSignal): Promise<number>
}

export interface ShareServiceOptions extends ShareParts {
  readonly publisher: RingPublisher
}

export function createShareService({ publisher, ...parts }: ShareServiceOptions): ShareService {
  const sharers = new Sharers(parts)
  const announcer = new Announcer(parts, sharers)
  const hashing = new Hashing(parts)
  const { mainline } = parts
  const sayer = mainline && new MainlineKeeper({ parts, mainline, publisher, announcer, sharers })
  const changed = (): void => sayer?.hear()
  const shares = new Shares(parts, { announcer, hashing, sharers, publisher, changed })
  const lookups = new Lookups(parts)
  const joining = new Joining({ parts, shares, hashing })
  const keeper = new DownloadKeeper({ parts, shares, lookups, announcer, publisher, joining })
  const hear = (): void => keeper.hear()
  const downloads = new Downloads({ parts, shares, lookups, joining, hear })
  return {
    shares,
    downloads,
    outside: parts.outside,
    async lookup(given, signal) {
      const name = isRoot(given) ? given.toLowerCase() : requireShareName(given)
      const [found, own, key] = await Promise.all([
        lookups.find(name, signal),
        isRoot(name) ? shares.servedOf(name.toLowerCase()) : shares.servedAs(name),
        publisher.key(),
      ])
      const self = hexOf(key.publicKey)
      // Others may say under a root what they like.
      const contents = found.contents.filter(({ root }) => !isRoot(name) || root === name)
      return toldLookup({ name, self }, { ...found, contents }, own && { ...own.row, id: own.id })
    },
    provider: (name) => lookups.provider(name),
    refresh: (signal) => announcer.sayDue(signal),
    async [Symbol.asyncDispose]() {
      await keeper.close()
      await hashing.close()
      await sayer?.close()
      await announcer.close()
    },
  }
}
