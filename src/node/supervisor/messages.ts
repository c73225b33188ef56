/**
 * What a supervisor and its members tell each other over the IPC channel. Both ends check what
 * arrives.
 */
import { Type, type Static } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

const Count = Type.Integer({ minimum: 0 })
const Duration = Type.Number({ minimum: 0 })

/** How a member fares, told every LOAD_EVERY_MS. */
export const LoadReport = Type.Object({
  downloads: Count,
  /** As many downloads as the setting `busyDownloads`, or work that waits for a slot. */
  busy: Type.Boolean(),
  /** How late its event loop runs. */
  lagMs: Duration,
  /** For how long it has downloaded nothing for anybody. */
  idleMs: Duration,
  /** Members of the ring that it sees, itself among them. */
  ringMembers: Count,
})
export type LoadReport = Static<typeof LoadReport>

const FromMember = Type.Union([
  /** Its doors are open and it has a place on the ring. */
  Type.Object({ kind: Type.Literal('ready') }),
  /** Not ready yet: so many partitions lack a leader or a voter. */
  Type.Object({ kind: Type.Literal('waits'), groups: Count }),
  Type.Object({ kind: Type.Literal('load'), load: LoadReport }),
  Type.Object({ kind: Type.Literal('pong') }),
  /** Taken out of the ring for good: it ends, and must not be started again. */
  Type.Object({ kind: Type.Literal('removed') }),
])
export type FromMember = Static<typeof FromMember>

const FromSupervisor = Type.Union([
  /** Answer with `pong` from the event loop. */
  Type.Object({ kind: Type.Literal('ping') }),
  /** Hand over what you hold, leave the ring, end with code 0. */
  Type.Object({ kind: Type.Literal('drain') }),
  /** Leave the ring and end with code 0; your data stays. */
  Type.Object({ kind: Type.Literal('stop') }),
])
export type FromSupervisor = Static<typeof FromSupervisor>

/** Often enough to notice at once that all are busy; far too seldom to cost anything. */
export const LOAD_EVERY_MS = 500

let fromMember: Validator | undefined
let fromSupervisor: Validator | undefined

/** `undefined` for what no member says: dropped. */
export function readFromMember(value: unknown): FromMember | undefined {
  fromMember ??= Compile(FromMember)
  return fromMember.Check(value) ? (value as FromMember) : undefined
}

/** `undefined` for what no supervisor says: dropped. */
export function readFromSupervisor(value: unknown): FromSupervisor | undefined {
  fromSupervisor ??= Compile(FromSupervisor)
  return fromSupervisor.Check(value) ? (value as FromSupervisor) : undefined
}
