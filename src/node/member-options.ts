/** What a member is told by whoever starts it: the command line, or a supervisor through it. */
import type { DoorUrls } from './doors.ts'
import type { MemberPorts } from './ports.ts'
import type { Settings } from './settings.ts'
import type { LogListener } from './told-log.ts'

export interface MemberOptions {
  /** The member's own directory, absolute and complete in itself: `DATA/members/NAME`. */
  readonly path: string
  readonly ports: MemberPorts
  /** By which others reach it (`--address`); where absent, as its identity says. */
  readonly host: string | undefined
  /** `host:port` of members to join through, beside those that it knows from before. */
  readonly entries: readonly string[]
  /**
   * Nobody is known to stand on the ring: be a ring of one, which the others join. Without it a
   * member that finds nobody keeps looking.
   */
  readonly begins: boolean
  /** For so long newcomers of the local network are let in without asking; 0 never. */
  readonly admitLocalMs: number
  readonly settings: Settings
  /** Whoever shows no credential at its doors on loopback is a guest. */
  readonly hasGuests: boolean
  /** Of the ring's first administrator, where this member is to found the account. */
  readonly adminPassword?: string
  /** Unlocks the member's key, or locks it from now on (at-rest/member-key.ts). */
  readonly passphrase?: string
  /**
   * Where a person stands in front of it: its log goes to a file, and they are told of some lines.
   * Absent under a supervisor, which keeps what the member writes.
   */
  readonly person?: { readonly logPath: string; readonly tell: LogListener }
  readonly version: string
  /** Its end is asked for by aborting this: leave the ring, close the doors, keep the data. */
  readonly stop: AbortSignal
  /** Once: on the ring, doors open. */
  readonly onReady: (doors: DoorUrls) => void
}

/** Runs a member until it is stopped or drained; throws what makes it unable to go on. */
export type RunMember = (options: MemberOptions) => Promise<void>

/**
 * A loopback address is listened on by itself, so that several share a machine; else all interfaces
 * are.
 */
export function listenHostOf(host: string): string {
  return host === '::1' || host.startsWith('127.') ? host : '0.0.0.0'
}
