import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { parseMemberId, parsePosition } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import {
  doubtPeer,
  emptyPeerBook,
  firstPeerAfter,
  forgetPeer,
  hearOfPeer,
  notePeer,
  type PeerBook,
} from './peer-book.ts'

const PEERS_MAX = 8

/** A contact at a place of 0 .. 255 of the circle. */
function contactAt(place: number, life = 0): Contact {
  const id = parseMemberId((place * 16 + life).toString(16).padStart(32, '0'))
  const position = parsePosition(place.toString(16).padStart(2, '0').padEnd(64, '0'))
  return { id, address: `peer-${place}:1`, position }
}

function bookOf(places: readonly number[]): PeerBook {
  return places.reduce((book, place) => notePeer(book, contactAt(place)), emptyPeerBook(PEERS_MAX))
}

function placesOf(book: PeerBook): readonly string[] {
  return book.peers.map((peer) => peer.contact.address)
}

const place = fc.integer({ min: 0, max: 255 })
const act = fc.record({ kind: fc.constantFrom('note', 'hear', 'doubt', 'forget'), place })

test('a peer book stays sorted, without doubles, and within its bound, whatever it is told', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      let book = emptyPeerBook(PEERS_MAX)
      for (const one of acts) {
        const contact = contactAt(one.place)
        if (one.kind === 'note') book = notePeer(book, contact)
        if (one.kind === 'hear') book = hearOfPeer(book, contact)
        if (one.kind === 'doubt') book = doubtPeer(book, contact)
        if (one.kind === 'forget') book = forgetPeer(book, contact.id)
        const positions = book.peers.map((peer) => peer.contact.position)
        assert.deepEqual(positions, [...new Set(positions)].toSorted())
        assert.ok(book.peers.length <= PEERS_MAX)
      }
    }),
  )
})

test('notePeer() lets doubted peers go first when the book is full', () => {
  const full = bookOf([10, 40, 70, 100, 130, 160, 190, 220])
  const book = notePeer(doubtPeer(full, contactAt(130)), contactAt(11))
  assert.ok(!placesOf(book).includes('peer-130:1'))
  assert.ok(placesOf(book).includes('peer-11:1'))
})

test('notePeer() keeps the spread: the crowded go, the lonely stay', () => {
  const book = bookOf([128, 200, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.ok(placesOf(book).includes('peer-128:1'))
  assert.ok(placesOf(book).includes('peer-200:1'))
})

test('notePeer() replaces the member that stood at the address before', () => {
  const book = notePeer(bookOf([7]), contactAt(7, 1))
  assert.deepEqual(
    book.peers.map((peer) => peer.contact.id),
    [contactAt(7, 1).id],
  )
})

test('a doubted peer is trusted again when it is heard from, not when it is heard of', () => {
  const doubted = doubtPeer(bookOf([7]), contactAt(7))
  assert.equal(hearOfPeer(doubted, contactAt(7)).peers[0]?.doubted, true)
  assert.equal(notePeer(doubted, contactAt(7)).peers[0]?.doubted, false)
})

test('firstPeerAfter() goes once round the circle from the position', () => {
  const book = bookOf([10, 20, 30])
  const first = (from: number) =>
    firstPeerAfter(book, contactAt(from).position, () => true)?.address
  assert.equal(first(10), 'peer-20:1')
  assert.equal(first(25), 'peer-30:1')
  assert.equal(first(30), 'peer-10:1')
  assert.equal(
    firstPeerAfter(book, contactAt(5).position, () => false),
    undefined,
  )
})
