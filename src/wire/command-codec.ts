/**
 * Commands and answers as bytes: MessagePack lists that begin with a number for their kind. Five
 * replicas read every command, so the lists are flat and short. Reading never throws.
 */
import { AnilloError } from '../base/errors.ts'
import { SharedBytes } from '../base/shared-bytes.ts'
import type { Answer, Command, DeliverAnswer, MessageNumber, OutboxMessage } from './command.ts'
import { isList, pack, unpackStrictly } from './packed.ts'
import { partitionIdOf, PARTITIONS } from './partition.ts'
import {
  COMMAND_BYTES_MAX,
  isName,
  isWhole,
  MESSAGES_MAX,
  PROCEDURE_NAME_BYTES_MAX,
} from './record-limits.ts'

const OPEN_SESSION = 1
const CALL = 2
const DELIVER = 3
const DELIVERED = 4
const EXPIRE = 5
const FEATURE = 6
const BACKUP = 7

const DONE = 0
const REFUSED = 1

const HEX_64 = /^[0-9a-f]{64}$/

/** A member's id, or a text of a tool. */
export const SESSION_OWNER_BYTES_MAX = 64

const commands = new SharedBytes()

/** @throws AnilloError TOO_LARGE */
export function encodeCommand(command: Command): Uint8Array {
  // The packer may use its buffer again; a command lives as long as the log entry that it becomes.
  const bytes = commands.copy(pack(listOf(command)))
  if (bytes.length > COMMAND_BYTES_MAX) {
    throw new AnilloError('TOO_LARGE', { what: 'the change', limit: `${COMMAND_BYTES_MAX} bytes` })
  }
  return bytes
}

function listOf(command: Command): readonly unknown[] {
  switch (command.kind) {
    case 'openSession':
      return [OPEN_SESSION, command.owner]
    case 'call': {
      const { request, retry, procedure, input } = command
      const list = [CALL, request.session, request.sequence, request.floor, procedure, input]
      return retry === undefined ? list : [...list, retry.key, retry.request]
    }
    case 'deliver':
      return [DELIVER, command.source, command.messages.map(listOfMessage)]
    case 'delivered': {
      const { destination, through, backup } = command
      return [DELIVERED, destination, through.generation, through.number, backup]
    }
    case 'expire':
      return [EXPIRE]
    case 'feature':
      return [FEATURE, command.level]
    case 'backup':
      return [BACKUP, command.number]
  }
}

function listOfMessage(message: OutboxMessage): readonly unknown[] {
  const { generation, number, procedure, input, backup } = message
  return [generation, number, procedure, input, backup]
}

/** `undefined` where the bytes are no command, or one beyond the limits. */
export function decodeCommand(bytes: Uint8Array): Command | undefined {
  if (bytes.length > COMMAND_BYTES_MAX) return undefined
  const list = listIn(bytes)
  switch (list?.[0]) {
    case OPEN_SESSION:
      return readOpenSession(list)
    case CALL:
      return readCall(list)
    case DELIVER:
      return readDeliver(list)
    case DELIVERED:
      return readDelivered(list)
    case EXPIRE:
      return list.length === 1 ? { kind: 'expire' } : undefined
    case FEATURE:
      return list.length === 2 && isWhole(list[1], 1)
        ? { kind: 'feature', level: list[1] }
        : undefined
    case BACKUP:
      return list.length === 2 && isWhole(list[1], 1)
        ? { kind: 'backup', number: list[1] }
        : undefined
    default:
      return undefined
  }
}

function listIn(bytes: Uint8Array): readonly unknown[] | undefined {
  const unpacked = unpackStrictly({ source: bytes, start: 0, end: bytes.length })
  return unpacked.kind === 'value' && isList(unpacked.value) ? unpacked.value : undefined
}

function readOpenSession(list: readonly unknown[]): Command | undefined {
  const owner = list[1]
  if (list.length !== 2 || !isName(owner, SESSION_OWNER_BYTES_MAX)) return undefined
  return { kind: 'openSession', owner }
}

const CALL_LENGTH = 6
const CALL_LENGTH_WITH_RETRY = 8

function readCall(list: readonly unknown[]): Command | undefined {
  const [, session, sequence, floor, procedure, input, key, requestHash] = list
  if (!isWhole(session, 1) || !isWhole(sequence, 1) || !isWhole(floor, 0)) return undefined
  if (floor > sequence || !isName(procedure, PROCEDURE_NAME_BYTES_MAX)) return undefined
  const request = { session, sequence, floor }
  if (list.length === CALL_LENGTH) return { kind: 'call', request, procedure, input }
  if (list.length !== CALL_LENGTH_WITH_RETRY || !isHash(key) || !isHash(requestHash)) {
    return undefined
  }
  return { kind: 'call', request, retry: { key, request: requestHash }, procedure, input }
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && HEX_64.test(value)
}

function readDeliver(list: readonly unknown[]): Command | undefined {
  const [, source, messages] = list
  if (list.length !== 3 || !isPartition(source) || !isList(messages)) return undefined
  if (messages.length > MESSAGES_MAX) return undefined
  const read: OutboxMessage[] = []
  for (const message of messages) {
    const one = readMessage(message)
    if (one === undefined) return undefined
    read.push(one)
  }
  return { kind: 'deliver', source: partitionIdOf(source), messages: read }
}

function readMessage(value: unknown): OutboxMessage | undefined {
  if (!isList(value) || value.length !== 5) return undefined
  const [generation, number, procedure, input, backup] = value
  if (!isWhole(generation, 1) || !isWhole(number, 1) || !isWhole(backup, 0)) return undefined
  if (!isName(procedure, PROCEDURE_NAME_BYTES_MAX)) return undefined
  return { generation, number, procedure, input, backup }
}

function readDelivered(list: readonly unknown[]): Command | undefined {
  const [, destination, generation, number, backup] = list
  if (list.length !== 5 || !isPartition(destination)) return undefined
  const through = readNumber(generation, number)
  if (through === undefined || !isWhole(backup, 0)) return undefined
  return { kind: 'delivered', destination: partitionIdOf(destination), through, backup }
}

function isPartition(value: unknown): value is number {
  return isWhole(value, 0) && value < PARTITIONS
}

/** Before the first message generation and number are 0. */
function readNumber(generation: unknown, number: unknown): MessageNumber | undefined {
  return isWhole(generation, 0) && isWhole(number, 0) ? { generation, number } : undefined
}

/** Up to `PACKED_SHARED_BYTES_MAX` bytes are valid until something else is packed. */
export function packAnswer(answer: Answer): Uint8Array {
  return pack(
    answer.kind === 'done' ? [DONE, answer.value] : [REFUSED, answer.code, answer.details],
  )
}

/** `undefined` where the bytes are no answer. */
export function decodeAnswer(bytes: Uint8Array): Answer | undefined {
  const list = listIn(bytes)
  if (list === undefined) return undefined
  const [kind, first, details] = list
  if (kind === DONE && list.length === 2) return { kind: 'done', value: first }
  if (kind !== REFUSED || list.length !== 3 || typeof first !== 'string') return undefined
  return isDetails(details) ? { kind: 'refused', code: first, details } : undefined
}

type Details = Extract<Answer, { kind: 'refused' }>['details']

function isDetails(value: unknown): value is Details {
  if (typeof value !== 'object' || value === null || isList(value)) return false
  return Object.values(value).every((each) => ['string', 'number', 'boolean'].includes(typeof each))
}

/** What `deliver` answers, as the value of its answer. */
export function listOfDeliverAnswer(answer: DeliverAnswer): readonly unknown[] {
  return [answer.mark.generation, answer.mark.number, answer.backup]
}

export function readDeliverAnswer(value: unknown): DeliverAnswer | undefined {
  if (!isList(value) || value.length !== 3) return undefined
  const [generation, number, backup] = value
  const mark = readNumber(generation, number)
  return mark === undefined || !isWhole(backup, 0) ? undefined : { mark, backup }
}
