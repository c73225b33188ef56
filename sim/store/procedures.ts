/**
 * Procedures of the simulation: accounts that send money to one another, and counters. Whether
 * messages arrive once and in order is noted by the receiver itself.
 */
import { present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import type { PartitionWork } from '../../src/store/partition/procedure.ts'
import { defineProcedure, type AnyProcedure } from '../../src/store/partition/procedures.ts'
import { partitionOf } from '../../src/wire/partition.ts'
import { ACCOUNT_TABLE } from './keys.ts'

/** What an account holds before it is first seen. */
export const OPENING_BALANCE = 1_000

export interface Transfer {
  readonly from: string
  readonly to: string
  readonly amount: number
}

interface Credit extends Transfer {
  /** Counts per pair of accounts from 1, without gaps. */
  readonly number: number
}

const decoder = new TextDecoder()

export function numberIn(value: Uint8Array): number {
  return Number(decoder.decode(value))
}

function readNumber(work: PartitionWork, pk: string, sk: string): number | undefined {
  const record = work.get({ table: ACCOUNT_TABLE, pk, sk })
  return record === undefined ? undefined : numberIn(record.value)
}

function putNumber(work: PartitionWork, where: readonly [string, string], value: number): void {
  const [pk, sk] = where
  work.put({ table: ACCOUNT_TABLE, pk, sk }, utf8(String(value)))
}

const balanceOf = (work: PartitionWork, account: string): number =>
  readNumber(work, account, 'balance') ?? OPENING_BALANCE

/** Takes the amount from one account and sends it to the other. Answers what is left. */
export const transfer = defineProcedure<Transfer, number>({
  name: 'simulation.transfer',
  tables: [ACCOUNT_TABLE],
  readInput: readTransfer,
  run: (work, { from, to, amount }) => {
    const left = balanceOf(work, from) - amount
    const number = (readNumber(work, from, `out ${to}`) ?? 0) + 1
    putNumber(work, [from, 'balance'], left)
    putNumber(work, [from, `out ${to}`], number)
    work.send({
      to: partitionOf(ACCOUNT_TABLE, to),
      procedure: credit.name,
      input: { from, to, amount, number },
    })
    return left
  },
})

/** Takes what was sent. What comes twice, late or out of order is noted, not repaired. */
export const credit = defineProcedure<Credit, number>({
  name: 'simulation.credit',
  tables: [ACCOUNT_TABLE],
  readInput: (value) => {
    const read = readTransfer(value)
    const number = numberField(value, 'number')
    return read === undefined || number === undefined ? undefined : { ...read, number }
  },
  run: (work, { from, to, amount, number }) => {
    const last = readNumber(work, to, `in ${from}`) ?? 0
    if (number !== last + 1) {
      const wrong = (readNumber(work, to, 'wrong') ?? 0) + 1
      putNumber(work, [to, 'wrong'], wrong)
    }
    putNumber(work, [to, `in ${from}`], number)
    putNumber(work, [to, 'balance'], balanceOf(work, to) + amount)
    return number
  },
})

/** Adds one to a counter and answers what it is then. */
export const count = defineProcedure<{ readonly counter: string }, number>({
  name: 'simulation.count',
  tables: [ACCOUNT_TABLE],
  readInput: (value) => {
    const counter = textField(value, 'counter')
    return counter === undefined ? undefined : { counter }
  },
  run: (work, { counter }) => {
    const next = (readNumber(work, counter, 'count') ?? 0) + 1
    putNumber(work, [counter, 'count'], next)
    return next
  },
})

export const SIM_PROCEDURES: readonly AnyProcedure[] = [transfer, credit, count]

function readTransfer(value: unknown): Transfer | undefined {
  const from = textField(value, 'from')
  const to = textField(value, 'to')
  const amount = numberField(value, 'amount')
  if (from === undefined || to === undefined || amount === undefined) return undefined
  return { from, to, amount }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

function textField(value: unknown, name: string): string | undefined {
  const text = field(value, name)
  return typeof text === 'string' ? text : undefined
}

function numberField(value: unknown, name: string): number | undefined {
  const number = field(value, name)
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined
}

/** Of an answer that a store gave. */
export function answeredNumber(value: unknown): number {
  return present(typeof value === 'number' ? value : undefined, 'a number as answer')
}
