/** What ring machines (`ring/message.ts`) say to one another, as it goes over the wire. */
import { Type } from 'typebox'

import type { MemberId, Position, RingId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import { defineMethod } from './method.ts'
import { Hex32, Hex64 } from './shapes.ts'

const MemberIdText = Type.Unsafe<MemberId>(Hex32)
const RingIdText = Type.Unsafe<RingId>(Hex32)
const PositionText = Type.Unsafe<Position>(Hex64)

/** A host name is at most 253 characters (RFC 1035, 2.3.4), a port 5. */
const ADDRESS_LENGTH_MAX = 260

export const ContactShape = Type.Object({
  id: MemberIdText,
  address: Type.String({ minLength: 1, maxLength: ADDRESS_LENGTH_MAX }),
  position: PositionText,
})

/** More than any successor list or answer of a ring machine holds. */
const CONTACTS_MAX = 64

const Contacts = Type.Array(ContactShape, { maxItems: CONTACTS_MAX })
const MaybeContact = Type.Union([ContactShape, Type.Undefined()])

const Question = Type.Union([
  Type.Object({ kind: Type.Literal('neighbours') }),
  Type.Object({ kind: Type.Literal('notify') }),
  Type.Object({ kind: Type.Literal('appeared') }),
  Type.Object({ kind: Type.Literal('leaving'), predecessor: MaybeContact, successors: Contacts }),
  Type.Object({ kind: Type.Literal('locate'), position: PositionText }),
  Type.Object({ kind: Type.Literal('nearest'), position: PositionText }),
  Type.Object({ kind: Type.Literal('ping') }),
])

const Answer = Type.Union([
  Type.Object({
    kind: Type.Literal('neighbours'),
    predecessor: MaybeContact,
    successors: Contacts,
  }),
  Type.Object({
    kind: Type.Literal('located'),
    isMine: Type.Boolean(),
    predecessor: MaybeContact,
    preceding: Contacts,
    following: Contacts,
  }),
  Type.Object({ kind: Type.Literal('nearest'), contact: MaybeContact }),
  Type.Object({ kind: Type.Literal('ok') }),
  Type.Object({
    kind: Type.Literal('refused'),
    why: Type.Union([Type.Literal('notMember'), Type.Literal('foreignRing')]),
  }),
])

/**
 * All questions of the ring are idempotent by design, but a repeated one would only tell older
 * news.
 */
export const askRing = defineMethod({
  name: 'ring.ask',
  question: Type.Object({ ringId: RingIdText, asker: ContactShape, question: Question }),
  answer: Answer,
  timeoutMs: SECOND_MS,
  idempotent: false,
})
