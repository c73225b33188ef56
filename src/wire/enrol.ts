/**
 * What a newcomer and a member say to each other before the newcomer has a certificate. Each
 * message is four bytes of length, big-endian, and JSON: a stranger's bytes meet no parser but the
 * engine's own, and not before their length is known to be small. The order of messages is in
 * docs/joining.md.
 */
import { Type, type Static, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

import { concat, tryText, utf8 } from '../base/bytes.ts'
import { KIB } from '../base/limits.ts'
import { Role } from './api.ts'
import { Levels } from './levels.ts'
import { Hex32, Hex64 } from './shapes.ts'

export const ENROL_VERSION = 2

/** A certificate request has 400 bytes, a token 400, two certificates 1,600. */
export const ENROL_MESSAGE_BYTES_MAX = 8 * KIB
const LENGTH_BYTES = 4

/** 256 bits that the other side cannot guess. */
export const NONCE_BYTES = 32

/** What strangers send is printed: no blanks, no controls, nothing that turns the direction. */
const VISIBLE = '[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]'
const HostText = Type.String({ maxLength: 300, pattern: `^${VISIBLE}*$` })

/** Of a member's door, `host:port`. */
export const DoorAddress = Type.String({ maxLength: 300, pattern: `^${VISIBLE}+:[0-9]{1,5}$` })

export const Newcomer = Type.Object({
  /** PKCS #10, names the member id that it made for itself. */
  requestPem: Type.String({ maxLength: 4 * KIB }),
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$' }),
  roles: Type.Array(Role, { maxItems: 3, uniqueItems: true }),
  /** Of its member door. */
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  /** By which others reach it, where that is not what the member sees of it. */
  host: Type.Optional(HostText),
  /** Its failure domain. */
  hostLabel: Type.String({ minLength: 1, maxLength: 300, pattern: `^${VISIBLE}+$` }),
  /** That its build knows; who says nothing knows the first alone. */
  levels: Type.Optional(Levels),
})
export type Newcomer = Static<typeof Newcomer>

const Version = Type.Integer({ minimum: 1, maximum: 65_535 })

/** First message: "let me in, here is a token". */
const ByToken = Type.Object({
  kind: Type.Literal('token'),
  version: Version,
  newcomer: Newcomer,
  token: Type.String({ maxLength: 2 * KIB }),
})

/** First message: "let me in, ask a person". The commitment binds it to a nonce not yet told. */
const ByCode = Type.Object({
  kind: Type.Literal('ask'),
  version: Version,
  newcomer: Newcomer,
  commitment: Hex64,
})

const Reveal = Type.Object({ kind: Type.Literal('reveal'), nonce: Hex64 })

export const FromNewcomer = Type.Union([ByToken, ByCode, Reveal])
export type FromNewcomer = Static<typeof FromNewcomer>

/** The member's nonce, told after the newcomer's commitment. */
const Nonce = Type.Object({ kind: Type.Literal('nonce'), nonce: Hex64 })

/**
 * A person has not decided yet; said again and again, so that the newcomer knows that the member
 * lives.
 */
const WaitMessage = Type.Object({
  kind: Type.Literal('waiting'),
  leftMs: Type.Integer({ minimum: 0 }),
})

const Admitted = Type.Object({
  kind: Type.Literal('admitted'),
  ringId: Hex32,
  authorityPem: Type.String({ maxLength: 4 * KIB }),
  /** Trusted beside it, while the ring changes from one authority to the next. */
  alsoTrustedPems: Type.Optional(Type.Array(Type.String({ maxLength: 4 * KIB }), { maxItems: 2 })),
  certificatePem: Type.String({ maxLength: 4 * KIB }),
  certificateUntilMs: Type.Number(),
  warrant: Hex64,
  /** Members to join the ring through, the answering one first. */
  entryAddresses: Type.Array(DoorAddress, { minItems: 1, maxItems: 8 }),
  /** `host:port` under which the newcomer is enrolled, and others look for it. */
  address: DoorAddress,
})
export type Admitted = Static<typeof Admitted>

const Refused = Type.Object({
  kind: Type.Literal('refused'),
  /** Of the error table. */
  code: Type.String({ maxLength: 64 }),
  details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  /** Members that may enrol, where this one may not. */
  elsewhere: Type.Array(DoorAddress, { maxItems: 8 }),
})
export type Refused = Static<typeof Refused>

export const FromMember = Type.Union([Nonce, WaitMessage, Admitted, Refused])
export type FromMember = Static<typeof FromMember>

/** @throws nothing: what we say ourselves is short enough, and a bug if not. */
export function encodeEnrol(message: FromNewcomer | FromMember): Uint8Array {
  const body = utf8(JSON.stringify(message))
  const length = new Uint8Array(LENGTH_BYTES)
  new DataView(length.buffer).setUint32(0, body.length)
  return concat([length, body])
}

export type EnrolReading<M> =
  | { readonly kind: 'messages'; readonly messages: readonly M[] }
  | { readonly kind: 'garbled'; readonly problem: string }

/** Cuts bytes into messages of one side. After `garbled` nothing more can be read from it. */
export class EnrolReader<S extends TSchema> {
  readonly #validator: Validator
  #pending: Uint8Array = new Uint8Array(0)

  constructor(side: S) {
    this.#validator = Compile(side)
  }

  push(bytes: Uint8Array): EnrolReading<Static<S>> {
    this.#pending = this.#pending.length === 0 ? bytes : concat([this.#pending, bytes])
    const messages: Static<S>[] = []
    while (this.#pending.length >= LENGTH_BYTES) {
      const { buffer, byteOffset } = this.#pending
      const length = new DataView(buffer, byteOffset).getUint32(0)
      if (length > ENROL_MESSAGE_BYTES_MAX) return garbled(`a message of ${length} bytes`)
      if (this.#pending.length < LENGTH_BYTES + length) break
      const body = this.#pending.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
      const message = parseJson(body)
      if (!this.#validator.Check(message)) return garbled('a message of no known shape')
      messages.push(message as Static<S>)
      this.#pending = this.#pending.subarray(LENGTH_BYTES + length)
    }
    return { kind: 'messages', messages }
  }
}

function garbled(problem: string): { readonly kind: 'garbled'; readonly problem: string } {
  return { kind: 'garbled', problem }
}

/** `undefined`, which JSON has not, where it is none. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = tryText(bytes)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
