/** What a member is told by whoever starts it: the command line, or a supervisor through it. */
import type { MemberPorts } from './ports.ts'
import type { Settings } from './settings.ts'

export interface MemberOptions {
  /** The member's own directory, absolute and complete in itself: `DATA/members/NAME`. */
  readonly path: string
  readonly ports: MemberPorts
  /** By which other members reach it; what it listens on is `listenHostOf` of it. */
  readonly host: string
  /** `host:port` of members to join through, beside those that it knows from before. */
  readonly entries: readonly string[]
  /**
   * Nobody is known to stand on the ring: be a ring of one, which the others join. Without it a
   * member that finds nobody keeps looking.
   */
  readonly begins: boolean
  readonly settings: Settings
  readonly version: string
}

/**
 * A loopback address is listened on by itself, so that several share a machine; else all interfaces
 * are.
 */
export function listenHostOf(host: string): string {
  return host === '::1' || host.startsWith('127.') ? host : '0.0.0.0'
}
