/**
 * Known members, beyond those that the ring needs at the moment: what the peer file holds across
 * restarts, what rule 5 probes to merge a split ring, where a member goes on that lost its whole
 * list.
 *
 * A member that does not answer is doubted, not forgotten: the other side of a partition looks dead
 * from here, and is what the ring must be merged with later. When the book is full, doubted peers
 * go first; otherwise the one that stands closest to a neighbour, so that the book keeps its
 * spread.
 */
import { assert, present } from '../base/assert.ts'
import type { MemberId, Position } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import { indexAtOrBehind } from './arc.ts'

/**
 * 256 peers of about 100 bytes: a file of 25 KiB, and a random one of any partition's other side
 * within minutes.
 */
export const PEERS_MAX = 256

export interface Peer {
  readonly contact: Contact
  /** Did not answer when last asked. */
  readonly doubted: boolean
}

export interface PeerBook {
  readonly peersMax: number
  /**
   * By position, each position once: a member that takes over an address replaces the one before.
   */
  readonly peers: readonly Peer[]
}

export function emptyPeerBook(peersMax: number = PEERS_MAX): PeerBook {
  assert(peersMax >= 1, 'a peer book holds at least one peer')
  return { peersMax, peers: [] }
}

/** Writes down a member that was heard from, or is told of by one. */
export function notePeer(book: PeerBook, contact: Contact): PeerBook {
  const index = indexFrom(book, contact.position)
  const held = book.peers[index]
  if (held?.contact.position !== contact.position) {
    return trimmed({ ...book, peers: book.peers.toSpliced(index, 0, { contact, doubted: false }) })
  }
  if (held.contact.id === contact.id && !held.doubted) return book
  return { ...book, peers: book.peers.with(index, { contact, doubted: false }) }
}

/**
 * As `notePeer`, for one that others name: what is held already, doubted or not, stays as it is.
 */
export function hearOfPeer(book: PeerBook, contact: Contact): PeerBook {
  const held = book.peers[indexFrom(book, contact.position)]
  return held?.contact.position === contact.position ? book : notePeer(book, contact)
}

export function doubtPeer(book: PeerBook, contact: Contact): PeerBook {
  const index = indexFrom(book, contact.position)
  const held = book.peers[index]
  if (held?.contact.id !== contact.id || held.doubted) return book
  return { ...book, peers: book.peers.with(index, { ...held, doubted: true }) }
}

/** Takes a member out for good: it left, or was removed from the ring. */
export function forgetPeer(book: PeerBook, id: MemberId): PeerBook {
  const kept = book.peers.filter((peer) => peer.contact.id !== id)
  return kept.length === book.peers.length ? book : { ...book, peers: kept }
}

/** The first peer that follows the position and satisfies `accepts`, going once around. */
export function firstPeerAfter(
  book: PeerBook,
  position: Position,
  accepts: (peer: Peer) => boolean,
): Contact | undefined {
  const start = indexFrom(book, position)
  for (let step = 0; step < book.peers.length; step++) {
    const peer = present(book.peers[(start + step) % book.peers.length], 'peer')
    if (peer.contact.position !== position && accepts(peer)) return peer.contact
  }
  return undefined
}

function indexFrom(book: PeerBook, position: Position): number {
  return indexAtOrBehind(book.peers, position, (peer) => peer.contact.position)
}

function trimmed(book: PeerBook): PeerBook {
  if (book.peers.length <= book.peersMax) return book
  assert(book.peers.length === book.peersMax + 1, 'peers are added one by one')
  const doubted = book.peers.findIndex((peer) => peer.doubted)
  return { ...book, peers: book.peers.toSpliced(doubted === -1 ? mostCrowded(book) : doubted, 1) }
}

/**
 * Index of the peer whose neighbours stand closest together: without it the largest gap grows
 * least.
 */
function mostCrowded(book: PeerBook): number {
  let crowded = 0
  let span: readonly [Position, Position] | undefined
  for (let index = 0; index < book.peers.length; index++) {
    const before = present(book.peers.at(index - 1), 'peer').contact.position
    const after = present(book.peers[(index + 1) % book.peers.length], 'peer').contact.position
    if (span !== undefined && !isShorter([before, after], span)) continue
    span = [before, after]
    crowded = index
  }
  return crowded
}

/** Whether an arc is shorter than another, by its leading 48 bits: enough to keep a spread. */
function isShorter(
  arc: readonly [Position, Position],
  than: readonly [Position, Position],
): boolean {
  return span48(arc) < span48(than)
}

function span48([from, to]: readonly [Position, Position]): number {
  const difference = Number.parseInt(to.slice(0, 12), 16) - Number.parseInt(from.slice(0, 12), 16)
  return difference > 0 ? difference : difference + 2 ** 48
}
