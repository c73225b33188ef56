/** The service of shares, over one member’s store, its files and its place in the open network. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Effects } from '../../effects/effects.ts'
import type { RingView } from '../../overlay/types.ts'
import type { FileService } from '../../services/files/file-service.ts'
import type { FileUser } from '../../services/files/types.ts'
import { createAddressGate, type GateRules } from '../../services/scrape/fetch/address-gate.ts'
import { rememberNames } from '../../services/scrape/fetch/remembered-names.ts'
import { activeHere } from '../../services/share/downloads/active-here.ts'
import type { MainlineNetwork } from '../../services/share/mainline/mainline.ts'
import type { OutsideNetwork } from '../../services/share/outside.ts'
import type { ShareTree, ShareUser } from '../../services/share/parts.ts'
import { createShareService, type ShareService } from '../../services/share/share-service.ts'
import type { RingPublisher } from '../../services/share/shares/publisher.ts'
import { CheckedHttp } from '../../services/share/sources/checked-http.ts'
import { SourceClient } from '../../services/share/sources/source-client.ts'
import type { MemberStore } from '../store/member-store.ts'
import { outsideDoors } from './outside-doors.ts'
import { sharersOf } from './sharers.ts'

export interface ShareOfOptions {
  readonly effects: Effects
  readonly store: MemberStore
  readonly files: FileService
  readonly view: Pick<RingView, 'ring'>
  readonly outside: OutsideNetwork
  readonly mainline: MainlineNetwork | undefined
  readonly publisher: RingPublisher
  readonly gate: GateRules
  readonly agent: string
}

export function shareOf(options: ShareOfOptions): ShareService {
  const { agent, effects, files, gate, mainline, outside, publisher, store, view } = options
  const { clock, dns, http } = effects
  const checked = createAddressGate(rememberNames(dns, clock), gate)
  return createShareService({
    effects,
    store: store.store,
    active: async () => activeHere(store.host),
    bytes: files.held,
    tree: treeOf(files),
    ...sharersOf(store.records, files.acts),
    outside,
    mainline,
    publisher,
    sources: new SourceClient(new CheckedHttp({ clock, http, agent, gate: checked })),
    doors: async () => outsideDoors(await view.ring(), gate.allowLoopback),
  })
}

function treeOf({ sealed }: Pick<FileService, 'sealed'>): ShareTree {
  return {
    async at(who, path, options) {
      const { body, entry } = await sealed.sealedAt(userOf(who), path, options)
      return { path: entry.path, name: entry.name, access: entry.access, body }
    },
    async put(who, path, body, options) {
      await madeFolder(sealed, who, path)
      return (await sealed.putSealed(userOf(who), path, body, options)).path
    },
    async mayPut(who, path, options) {
      const found = await unlessMissing(sealed.stat(userOf(who), path, options))
      if (found !== undefined) throw new AnilloError('ENTRY_EXISTS', { path })
      const folder = await unlessMissing(sealed.stat(userOf(who), folderOf(path), options))
      if (folder === undefined || folder.access !== 'read') return
      throw new AnilloError('NO_ACCESS', { action: 'write to', path: folder.path })
    },
  }
}

async function madeFolder(
  sealed: FileService['sealed'],
  who: ShareUser,
  path: string,
): Promise<void> {
  try {
    await sealed.makeFolder(userOf(who), folderOf(path), { parents: true })
  } catch (thrown) {
    if (!isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (thrown) {
    if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
    throw thrown
  }
}

/** Who may download from outside may write what is theirs to write. */
function userOf({ groups, isManager, nick }: ShareUser): FileUser {
  return { nick, isManager, groups, mayWrite: true }
}
