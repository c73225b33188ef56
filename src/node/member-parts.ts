/** What a member is put together from, and what stands then (compose-member.ts). */
import type { LocalNetworks } from '../effects/local-networks.ts'
import type { Endpoint } from '../effects/net.ts'
import type { OutsideNode } from '../gateways/kademlia/outside-node.ts'
import type { MainlineNode } from '../gateways/mainline/mainline-node.ts'
import type { Admissions } from '../gateways/rest/door.ts'
import type { Overlay, PeerMemory, RingView } from '../overlay/types.ts'
import type { RpcCounters } from '../rpc/types.ts'
import type { Previews } from '../services/dweets/previews/previews.ts'
import type { FileActs } from '../services/files/acts/acts.ts'
import type { AccountSessions } from '../services/files/doors/account-sessions.ts'
import type { HeldBytes } from '../services/files/held-bytes.ts'
import type { PathLocks } from '../services/files/locks/types.ts'
import type { Repeats } from '../services/files/repeats/types.ts'
import type { Files } from '../services/files/types.ts'
import type { Crawls } from '../services/scrape/crawl/crawls.ts'
import type { Crew } from '../services/scrape/crew/crew.ts'
import type { Extracts } from '../services/scrape/extract/extracts.ts'
import type { PageService } from '../services/scrape/pages/page-service.ts'
import type { Scraper } from '../services/scrape/pages/scraper.ts'
import type { Renders } from '../services/scrape/render/renders.ts'
import type { Schedules } from '../services/scrape/schedules/schedules.ts'
import type { Search } from '../services/scrape/search/searcher.ts'
import type { Similar } from '../services/scrape/search/similar.ts'
import type { Testimonies } from '../services/scrape/testimony/testimonies.ts'
import type { Transfer } from '../services/scrape/transfer/transfer.ts'
import type { Archive } from '../services/scrape/versions/archive.ts'
import type { PageDiffs } from '../services/scrape/versions/page-diffs.ts'
import type { ShareService } from '../services/share/share-service.ts'
import type { AuthorityRotation } from '../wire/api.ts'
import type { RingIssuer } from './client-doors/door-papers.ts'
import type { MemberFiles } from './enrolment/ring-files.ts'
import type { MemberPorts } from './ports.ts'
import type { Settings } from './settings.ts'
import type { MemberStore } from './store/member-store.ts'
import type { EnrolSelfOutcome } from './store/self-enrolment.ts'
import type { Upkeep } from './store/upkeep.ts'

export interface MemberParts {
  readonly files: MemberFiles
  readonly listen: Endpoint
  /** Whether connections from that address are taken; absent: all are. */
  readonly mayCall?: (from: string) => boolean
  /** Whether datagrams of that address are looked at; absent: those of all. */
  readonly isHeard?: (from: string) => boolean
  readonly ports: MemberPorts
  /** Origins of its doors for clients of other machines; `undefined` where it has none. */
  readonly beyond?: () =>
    | {
        readonly url: string
        readonly replayUrl: string
        readonly shareUrl: string
        readonly ftp: string
      }
    | undefined
  /** `ftps` where its FTP connections begin with the handshake. */
  readonly ftpScheme: 'ftp' | 'ftps'
  readonly localNetworks: LocalNetworks
  /** Its node of the open network; absent: it takes no part there. */
  readonly outside?: OutsideNode
  /** Its node of Mainline; absent: it takes no part there. */
  readonly mainline?: MainlineNode | undefined
  readonly peers: PeerMemory
  /** Be a ring of one, which the others join. */
  readonly begins: boolean
  /** `host:port` of members to join through. */
  readonly entries: readonly string[]
  /** Newcomers of the local network are let in without asking for so long; 0 never. */
  readonly admitLocalMs: number
  readonly settings: Settings
  readonly version: string
  /** Of the member, 32 bytes: what it stores is under it at rest. */
  readonly key: Uint8Array
  /** The disk failed: nothing may be promised any more, the process must end. */
  readonly onFailure: (error: unknown) => void
}

export interface RunningMember {
  /** `undefined`: it takes no part in the open network. */
  readonly outside: OutsideNode | undefined
  /** `undefined`: nobody turned it on. */
  readonly mainline: MainlineNode | undefined
  readonly overlay: Overlay
  readonly view: RingView
  readonly scraper: Scraper
  readonly archive: Archive
  readonly crawls: Crawls
  readonly schedules: Schedules
  readonly transfer: Transfer
  readonly extracts: Extracts
  readonly renders: Renders
  readonly diffs: PageDiffs
  readonly testimonies: Testimonies
  /** Members that download. */
  readonly crew: Crew
  readonly files: Files
  /** What is kept of other services beside them. */
  readonly heldBytes: HeldBytes
  /** What the ring shares with everybody, and has from outside. */
  readonly share: ShareService
  /** Of links in dweets; `undefined`: sites are not asked. */
  readonly previews: Previews | undefined
  /** On paths of them. */
  readonly pathLocks: PathLocks
  /** Of their changes. */
  readonly repeats: Repeats
  readonly fileActs: FileActs
  /** At doors for files. */
  readonly accountSessions: AccountSessions
  readonly search: Search
  readonly similar: Similar
  readonly admissions: Admissions
  /** Of the ring's authority; see `Enrolment.rotation`. */
  rotation(): Promise<AuthorityRotation | undefined>
  readonly pages: Pick<PageService, 'load' | 'counts'>
  readonly store: MemberStore
  readonly upkeep: Upkeep
  rpcCounters(): RpcCounters
  /** What its doors for clients of other machines are certified with. */
  readonly issuer: RingIssuer
  /** Once it stands on the ring's list of members; rejects when it is stopped before. */
  enrolled(): Promise<EnrolSelfOutcome>
  /** Groups that lack a leader or some of the voters that the ring's size asks for. */
  groupsNotWhole(): number
  /** Once joined: that it has is on disk, so that a start after a kill takes the place up again. */
  remember(): Promise<void>
  /** Hands over all that is held, so that the member can stop for good. */
  drain(): Promise<void>
  /** Leaves the ring and closes everything; the data stays. */
  stop(): Promise<void>
}
