/**
 * Doors of members as who asks can use them. A door on loopback is one for its own machine: to
 * anybody else the same address leads to their own machine, or to another ring on it.
 */
import type { Member, Ring } from './api.ts'

export interface Asked {
  /** The ring's own door of the member that answers, `host:port`. */
  readonly at: string
  /** By a client of another machine. */
  readonly isFromBeyond: boolean
}

export function withTrueDoors(ring: Ring, { at, isFromBeyond }: Asked): Ring {
  const machine = machineOf(at)
  const members = ring.members.map((member) => {
    const isHere = !isFromBeyond && machineOf(member.address) === machine
    const { ftp, replayUrl, shareUrl, url } = member
    const share = shareUrl === undefined ? {} : { shareUrl: seen(shareUrl, isHere) }
    const web = { url: seen(url, isHere), replayUrl: seen(replayUrl, isHere), ...share }
    return { ...member, ...web, ftp: ftp === null ? null : seenFtp(ftp, isHere) }
  })
  return { ...ring, members }
}

/** Members with the same host in their address are on one machine; all on loopback are. */
function machineOf(address: Member['address']): string {
  const host = address.replace(/:\d+$/, '')
  return LOOPBACK.test(host) ? 'localhost' : host
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** On its own machine every door stands on loopback too, and needs no certificate there. */
function seen(door: string, isHere: boolean): string {
  const url = URL.parse(door)
  if (url === null) return ''
  if (isHere) return `http://localhost:${url.port}`
  return LOOPBACK.test(url.hostname) ? '' : door
}

function seenFtp(door: string, isHere: boolean): string | null {
  const url = URL.parse(door)
  if (url === null) return null
  if (isHere) return `${url.protocol}//localhost:${url.port}`
  return LOOPBACK.test(url.hostname) ? null : door
}
