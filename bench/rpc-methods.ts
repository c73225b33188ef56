/** What the two processes of the RPC bench ask of each other. */
import { Type } from 'typebox'

import { defineMethod, type Method } from '../src/wire/method.ts'

const Text = Type.Object({ text: Type.String() })

export const ECHO = defineMethod({
  name: 'bench.echo',
  question: Text,
  answer: Text,
  timeoutMs: 10_000,
  idempotent: true,
})

/** Microseconds of processor time that the answering process has used. */
export const CPU = defineMethod({
  name: 'bench.cpu',
  question: Type.Null(),
  answer: Type.Number(),
  timeoutMs: 10_000,
  idempotent: true,
})

const bytesOnly = (value: unknown): Uint8Array | undefined =>
  value instanceof Uint8Array ? value : undefined

/** As many pieces of PIECE_BYTES as asked for. */
export const PIECES: Method<number, Uint8Array> = {
  name: 'bench.pieces',
  kind: 'stream',
  readQuestion: (value) => (typeof value === 'number' ? value : undefined),
  readAnswer: bytesOnly,
  timeoutMs: 10_000,
  idempotent: true,
}

export const PIECE_BYTES = 1 << 20
