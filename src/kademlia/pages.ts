/**
 * Answers to `a_get`: as many records from the cursor on as there is room for, and who is closer.
 * To an address that has proved nothing there is room for three times the question, in which the
 * token comes that proves it next time.
 */
import { compareBytes } from '../base/bytes.ts'
import type { Endpoint } from '../effects/net.ts'
import { contactBytes, encodeRecords, type ToldContact } from '../wire/kademlia/answers.ts'
import { HEADER_BYTES, PAGE_BYTES_MAX } from '../wire/kademlia/limits.ts'
import type { Question } from '../wire/kademlia/questions.ts'
import type { Core } from './core.ts'
import type { HeldRecord } from './held.ts'
import { unprovedRoom } from './room.ts'
import { TOLD_MAX } from './settings.ts'

type Get = Extract<Question, { kind: 'a_get' }>

/** Names and heads of the map, public key, token, total, cursor. */
const FRAME_BYTES = 110
const RECORD_HEAD_BYTES = 3
/** Whether it is capable, beside what every contact has. */
const TOLD_BYTES = 1
/** Contacts come first, but leave records so much of a page that proved askers get. */
const RECORDS_SHARE_BYTES = PAGE_BYTES_MAX / 2

export function encodePage(
  core: Core,
  {
    bytes,
    from,
    question,
  }: { readonly question: Get; readonly from: Endpoint; readonly bytes: number },
): Uint8Array {
  const { held, now, tokens } = core
  const { host } = from
  const { cursor, key, token } = question
  const isProved = tokens.isGood(token, { host, nowMs: now.nowMs }) || core.isProved(from)
  const whole = isProved ? PAGE_BYTES_MAX : unprovedRoom(bytes) - HEADER_BYTES
  const value = cursor.length === 0 ? held.value(key, now.nowMs) : undefined
  const valueBytes = value?.length ?? 0
  // A value of stock nodes may be longer than a page: only who is heard gets it.
  const hasValue = isProved || valueBytes < whole / 2
  let room = Math.min(whole, PAGE_BYTES_MAX) - FRAME_BYTES - (hasValue ? valueBytes : 0)
  const contacts = closestWithin(core, question, {
    from,
    room: Math.min(room, RECORDS_SHARE_BYTES),
  })
  for (const { contact } of contacts) room -= contactBytes(contact) + TOLD_BYTES
  const all = held.records(key, now.nowMs)
  const rest = all.filter(({ publicKey }) => compareBytes(publicKey, cursor) >= 0)
  const fit = withinRoom(rest, room)
  return encodeRecords({
    publicKey: core.options.publicKey,
    token: tokens.tokenFor(host, now.nowMs),
    total: all.length,
    records: fit.map((record) => record.bytes),
    next: rest[fit.length]?.publicKey,
    value: hasValue ? value : undefined,
    contacts,
  })
}

function closestWithin(
  core: Core,
  { cursor, key }: Get,
  { from, room }: { readonly from: Endpoint; readonly room: number },
): readonly ToldContact[] {
  // Who goes on reading knows them.
  if (cursor.length > 0) return []
  const fit: ToldContact[] = []
  let left = room
  for (const { contact, isCapable } of core.table.closest(key, TOLD_MAX, from)) {
    left -= contactBytes(contact) + TOLD_BYTES
    if (left < 0) break
    fit.push({ contact, isCapable })
  }
  return fit
}

function withinRoom(records: readonly HeldRecord[], room: number): readonly HeldRecord[] {
  let left = room
  const end = records.findIndex((record) => {
    left -= record.bytes.length + RECORD_HEAD_BYTES
    return left < 0
  })
  return end < 0 ? records : records.slice(0, end)
}
