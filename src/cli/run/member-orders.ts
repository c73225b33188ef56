/** What `anillo member drain`, `undrain` and `remove` do. */
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { Enrolled, Ring } from '../../wire/api.ts'
import { isMeant } from '../confirm.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import {
  emptyingText,
  marginsText,
  marginsWithout,
  memberNamed,
  riskLines,
} from '../member-lines.ts'
import type { ConfirmedFlags } from '../options.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { told } from '../told.ts'

export interface OrderFlags extends ConfirmedFlags {
  readonly force?: true
}

export type OrderName = 'drain' | 'undrain' | 'remove'

const LOOK_EVERY_MS = SECOND_MS
/** So long a member's copy of the ring's list may be as before an order that was carried out. */
const LIST_LATE_MS = 10 * SECOND_MS
/** Where lines stay, as in the log of a job: often enough to see that it goes on. */
const SAY_EVERY_MS = 10 * SECOND_MS

export async function runMemberOrder(
  io: Io,
  order: { readonly name: OrderName; readonly member: string },
  flags: OrderFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const ring = await client.ring()
  const member = memberNamed(ring, order.member)
  const isForced = order.name === 'remove' && flags.force === true
  if (order.name !== 'undrain') {
    const isGrave = tellRisks(io, ring, { member, isForced })
    const doubt = {
      question: `Type ${member.name} to ${order.name} it all the same: `,
      answer: member.name,
      command: `member ${order.name} ${member.name}${isForced ? ' --force' : ''}`,
    }
    if (isGrave && !(await isMeant(io, flags, doubt))) return EXIT.failed
  }
  const { state } = await client.orderMember(member.id, order.name, isForced)
  if (state === 'gone' && order.name !== 'remove') {
    const problem = `${member.name} is gone: another member stands at its address`
    throw new AnilloError('FORBIDDEN', { problem })
  }
  const isDone = order.name === 'undrain' || state === 'removed'
  const last = isDone ? await client.ring() : await untilEmpty(io, client, { order, member, flags })
  return told(io, flags, {
    json: stateIn(last, member),
    text: doneText(order.name, member.name),
  })
}

/**
 * What is at risk once it holds nothing, or with force at once. Answers whether to ask first:
 * nobody else might fail after it, or something is lost or stops.
 */
function tellRisks(
  io: Io,
  ring: Ring,
  { member, isForced }: { readonly member: Enrolled; readonly isForced: boolean },
): boolean {
  const margins = marginsWithout(ring, member)
  if (margins !== undefined) line(io.err, `anillo: ${marginsText(margins, member.name)}`)
  const risks = isForced ? riskLines(ring, member) : []
  if (isForced && risks.length === 0) {
    line(io.err, `anillo: others hold all that ${member.name} holds`)
  }
  for (const risk of risks) line(io.err, `anillo: at once, ${risk}`)
  return margins?.after === 0 || risks.length > 0
}

/**
 * Looks again and again until it holds nothing, or is out. Whoever ends the command ends the
 * looking alone: the ring carries the order out.
 */
async function untilEmpty(
  io: Io,
  client: AnilloClient,
  what: {
    readonly order: { readonly name: OrderName }
    readonly member: Enrolled
    readonly flags: OrderFlags
  },
): Promise<Ring> {
  const { order, member, flags } = what
  let ring = await client.ring()
  let saidMs = -Infinity
  let untilMs = performance.now() + LIST_LATE_MS
  using progress = new Progress(io, () => emptyingText(ring, member))
  for (;;) {
    const now = stateIn(ring, member)
    const isOver = order.name === 'remove' ? now.state === 'removed' : now.holds === 0
    if (isOver) return ring
    if (now.state !== 'active') untilMs = 0
    else if (performance.now() >= untilMs) {
      throw new AnilloError('FORBIDDEN', { problem: `somebody took ${member.name} back` })
    }
    // A drain that was ordered after it keeps the member in the ring. Repeated, it changes nothing.
    if (order.name === 'remove' && now.state === 'draining' && !now.isLeaving) {
      await client.orderMember(member.id, order.name, false)
    }
    if (flags.json) jsonLine(io, now)
    else if (!io.err.isTerminal && performance.now() - saidMs >= SAY_EVERY_MS) {
      progress.say(emptyingText(ring, member))
      saidMs = performance.now()
    }
    await pause(LOOK_EVERY_MS)
    ring = await client.ring()
  }
}

function stateIn(ring: Ring, member: Enrolled): Enrolled {
  return ring.enrolled?.find(({ id }) => id === member.id) ?? { ...member, state: 'removed' }
}

function doneText(order: OrderName, name: string): string {
  switch (order) {
    case 'drain':
      return `${name} holds nothing any more; “npx anillo member undrain ${name}” takes it back.`
    case 'undrain':
      return `${name} may hold data again.`
    case 'remove':
      return `${name} is out of the ring for good; its data directory can be deleted.`
  }
}
