/** What a member is put together from, and what stands then (compose-member.ts). */
import type { LocalNetworks } from '../effects/local-networks.ts'
import type { Endpoint } from '../effects/net.ts'
import type { Admissions } from '../gateways/rest/door.ts'
import type { Overlay, PeerMemory, RingView } from '../overlay/types.ts'
import type { RpcCounters } from '../rpc/types.ts'
import type { PageService } from '../services/scrape/page-service.ts'
import type { Scraper } from '../services/scrape/scraper.ts'
import type { MemberFiles } from './enrolment/ring-files.ts'
import type { MemberPorts } from './ports.ts'
import type { Settings } from './settings.ts'

export interface MemberParts {
  readonly files: MemberFiles
  readonly listen: Endpoint
  readonly ports: MemberPorts
  readonly localNetworks: LocalNetworks
  readonly peers: PeerMemory
  /** Be a ring of one, which the others join. */
  readonly begins: boolean
  /** `host:port` of members to join through. */
  readonly entries: readonly string[]
  /** Newcomers of the local network are let in without asking for so long; 0 never. */
  readonly admitLocalMs: number
  readonly settings: Settings
  readonly version: string
}

export interface RunningMember {
  readonly overlay: Overlay
  readonly view: RingView
  readonly scraper: Scraper
  readonly admissions: Admissions
  readonly pages: Pick<PageService, 'load' | 'counts'>
  rpcCounters(): RpcCounters
  /** Once joined: that it has is on disk, so that a start after a kill takes the place up again. */
  remember(): Promise<void>
  /** Hands over all that is held, so that the member can stop for good. */
  drain(): Promise<void>
  /** Leaves the ring and closes everything; the data stays. */
  stop(): Promise<void>
}
