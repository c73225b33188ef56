/** The service of shares, over one member’s store, its files and its place in the open network. */
import type { Effects } from '../../effects/effects.ts'
import type { RingView } from '../../overlay/types.ts'
import type { FileService } from '../../services/files/file-service.ts'
import { createAddressGate, type GateRules } from '../../services/scrape/fetch/address-gate.ts'
import { rememberNames } from '../../services/scrape/fetch/remembered-names.ts'
import { activeHere } from '../../services/share/downloads/active-here.ts'
import type { MainlineNetwork } from '../../services/share/mainline/mainline.ts'
import type { OutsideNetwork } from '../../services/share/outside.ts'
import { createShareService, type ShareService } from '../../services/share/share-service.ts'
import type { RingPublisher } from '../../services/share/shares/publisher.ts'
import { CheckedHttp } from '../../services/share/sources/checked-http.ts'
import { SourceClient } from '../../services/share/sources/source-client.ts'
import type { MemberStore } from '../store/member-store.ts'
import { outsideDoors } from './outside-doors.ts'
import { shareTreeOf } from './share-tree.ts'
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
    tree: shareTreeOf(files.sealed),
    ...sharersOf(store.records, files.acts),
    outside,
    mainline,
    publisher,
    sources: new SourceClient(new CheckedHttp({ clock, http, agent, gate: checked })),
    doors: async () => outsideDoors(await view.ring(), gate.allowLoopback),
  })
}
