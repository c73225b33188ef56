/**
 * Words of the election of a coordinator (mission A5; docs/spec/coordinator.md). They go by
 * broadcast where one is heard, over the ring's own connections where none is. A datagram bears a
 * code of authentication under its sender's key, which others learn over a connection alone: a
 * stranger can neither make one nor, since each key and count is good once, send one again.
 */
import { Type, type Static } from 'typebox'

import { utf8 } from '../base/bytes.ts'
import type { MemberId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import { parseJson } from './enrol.ts'
import { defineMethod, reader } from './method.ts'
import { Hex32, Hex64 } from './shapes.ts'

/** It has some 350 bytes. */
const DATAGRAM_BYTES_MAX = 512
const VERSION = 1

const Word = {
  /**
   * `ELECTION`: is anybody higher alive? `FEEDBACK`: I am, and see to it. `COORDINATOR`: I am it.
   */
  kind: Type.Union([
    Type.Literal('ELECTION'),
    Type.Literal('FEEDBACK'),
    Type.Literal('COORDINATOR'),
  ]),
  /** Of the lease under which the coordinator acts; 0: it has none yet. */
  fence: Type.Integer({ minimum: 0 }),
}

const ElectionWord = Type.Object(Word)
export type ElectionWord = Static<typeof ElectionWord>
export type ElectionKind = ElectionWord['kind']

/** To members higher than the sender in the order of ids, to all, or to one. */
export type Addressee = 'higher' | 'all' | MemberId

export const tellElection = defineMethod({
  name: 'coordinator.tell',
  question: Type.Object({
    ...Word,
    /** Of this run of the sender's process: its datagrams are authenticated with it. */
    key: Hex64,
  }),
  /** The answering member has lately heard a datagram of the asker. */
  answer: Type.Object({ isHeard: Type.Boolean() }),
  timeoutMs: SECOND_MS,
  idempotent: true,
})

/** Whom a member that takes part holds for the coordinator: for those that take none. */
export const askCoordinator = defineMethod({
  name: 'coordinator.ask',
  question: Type.Object({}),
  answer: Type.Object({ coordinator: Type.Optional(Hex32), fence: Word.fence }),
  timeoutMs: SECOND_MS,
  idempotent: true,
})

const Datagram = Type.Object({
  anillo: Type.Literal(VERSION),
  ...Word,
  ringId: Hex32,
  from: Hex32,
  to: Type.String({ pattern: '^(higher|all|[0-9a-f]{32})$' }),
  /** Greater with each datagram of one key. */
  count: Type.Integer({ minimum: 1 }),
  /** HMAC-SHA-256 of `macText`. */
  mac: Hex64,
})
export type ElectionDatagram = Static<typeof Datagram>

const readDatagram = reader(Datagram)

/** `undefined` for anything else that arrives at the shared port. */
export function readElectionDatagram(bytes: Uint8Array): ElectionDatagram | undefined {
  return bytes.length > DATAGRAM_BYTES_MAX ? undefined : readDatagram(parseJson(bytes))
}

export function encodeElectionDatagram(datagram: Omit<ElectionDatagram, 'anillo'>): Uint8Array {
  return utf8(JSON.stringify({ anillo: VERSION, ...datagram }))
}

/** Everything that a datagram says, without ambiguity: no field has a blank. */
export function macText(datagram: Omit<ElectionDatagram, 'anillo' | 'mac'>): string {
  const { kind, fence, ringId, from, to, count } = datagram
  return `anillo election ${VERSION} ${kind} ${fence} ${ringId} ${from} ${to} ${count}`
}
