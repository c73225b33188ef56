/** The doors of a member: one number moves them all. */
import { createServer } from 'node:net'

import { AnilloError } from '../base/errors.ts'

export const HTTP_PORT = 9_100
const RPC_PORT = 9_300
const REPLAY_PORT = 9_500
/** UDP, as stock programs have it. */
const KADEMLIA_PORT = 8_468
const SHARE_PORT = 9_400
/** Explicit TLS. */
export const FTP_PORT = 2_121
const PORT_MAX = 65_535
/** Ports below need rights that a person's programs do not have. */
const PORT_MIN = 1_024

export interface MemberPorts {
  /** Page and API. */
  readonly http: number
  /** Other members. */
  readonly rpc: number
  /** Archived pages, an origin of their own. */
  readonly replay: number
  /** What is shared with everybody, without TLS. */
  readonly share: number
  readonly ftp: number
}

/**
 * The ports that belong to a page at `http`: the others stand at the same distance as by default.
 * @param ftp where that one was told
 */
export function portsAt(http: number, ftp = ftpPortBeside(http)): MemberPorts {
  const offset = http - HTTP_PORT
  const share = SHARE_PORT + offset
  return { http, rpc: RPC_PORT + offset, replay: REPLAY_PORT + offset, share, ftp }
}

/** That would need more rights: it goes on at the other end of the range. */
function ftpPortBeside(http: number): number {
  const port = FTP_PORT + http - HTTP_PORT
  return port >= PORT_MIN ? port : port + PORT_MAX + 1 - PORT_MIN
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

/** `30000-30999`; `undefined` for what is no range of ports. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, first, last] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number)
  if (first === undefined || last === undefined) return undefined
  return first >= PORT_MIN && first <= last && last <= PORT_MAX ? { first, last } : undefined
}

/** What the member of that index has of a range that so many share; at least one port. */
export function portShare(
  { first, last }: PortRange,
  { index, members }: { readonly index: number; readonly members: number },
): PortRange {
  const count = Math.max(1, Math.floor((last - first + 1) / members))
  const start = Math.min(first + index * count, last)
  return { first: start, last: Math.min(start + count - 1, last) }
}

/** UDP, of the open network: of the member whose page is at `http`. */
export function kademliaPortAt(http: number): number {
  return http - HTTP_PORT + KADEMLIA_PORT
}

/** The same of the member whose member door is at `rpc`. */
export function kademliaPortBeside(rpc: number): number {
  return rpc - RPC_PORT + KADEMLIA_PORT
}

/** The replay door of the member whose member door is at `rpc`. */
export function replayPortBeside(rpc: number): number {
  return rpc - RPC_PORT + REPLAY_PORT
}

/** How many members fit behind one another before one kind of door runs into the next. */
export const MEMBERS_MAX = RPC_PORT - HTTP_PORT

/** @throws AnilloError USAGE where the doors of that many members would leave the range of ports */
export function checkPorts(http: number, members: number, ftp?: number): void {
  if (ftp !== undefined && (ftp < PORT_MIN || ftp + members - 1 > PORT_MAX)) {
    const highest = PORT_MAX - members + 1
    throw new AnilloError('USAGE', {
      problem: `--ftp must be from ${PORT_MIN} to ${highest} for ${members} members, not ${ftp}.`,
    })
  }
  const last = portsAt(http + members - 1)
  if (http >= PORT_MIN && last.replay <= PORT_MAX) return
  const highest = PORT_MAX - (REPLAY_PORT - HTTP_PORT) - members + 1
  throw new AnilloError('USAGE', {
    problem: `--http must be from ${PORT_MIN} to ${highest} for ${members} members, not ${http}.`,
  })
}

/**
 * Tries each port before anything is started.
 * @throws AnilloError PORT_IN_USE, the first that is taken, with the flag that moves it
 */
export async function probePorts(members: readonly MemberPorts[]): Promise<void> {
  for (const { ftp, http, rpc, replay, share } of members) {
    for (const host of LOOPBACKS) {
      await probe(host, http, { door: 'the page', flag: '--http' })
      await probe(host, replay, { door: 'archived pages', flag: ALONG })
      await probe(host, share, { door: 'for shares', flag: ALONG })
      await probe(host, ftp, { door: 'FTP', flag: '--ftp' })
    }
    await probe('127.0.0.1', rpc, { door: 'for other members', flag: ALONG })
  }
}

/** Browsers take either for `localhost`. */
const LOOPBACKS = ['127.0.0.1', '::1'] as const
const ALONG = '--http, which moves all doors of a member'

type Words = Readonly<Record<'door' | 'flag', string>>

async function probe(host: string, port: number, words: Words): Promise<void> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (problem: NodeJS.ErrnoException) => {
    // A machine without IPv6 has no such address to listen on.
    if (problem.code === 'EADDRNOTAVAIL' || problem.code === 'EAFNOSUPPORT') resolve()
    else reject(problemAt(problem, { port, ...words }))
  })
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()))
  await promise
}

function problemAt(problem: NodeJS.ErrnoException, at: Words & { readonly port: number }): Error {
  if (problem.code === 'EADDRINUSE') return new AnilloError('PORT_IN_USE', { ...at })
  if (problem.code !== 'EACCES') return problem
  return new AnilloError('FORBIDDEN', {
    problem: `port ${at.port} needs more rights; choose another with ${at.flag}`,
  })
}
