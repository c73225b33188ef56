/** Changes of the tree under an `Idempotency-Key`: answered again, and carried out once. */
import type { FastifyReply, FastifyRequest } from 'fastify'

import { utf8 } from '../../../base/bytes.ts'
import type { RepeatedWork, Repeats, ToldAnswer } from '../../../services/files/repeats/types.ts'
import { namesOf, pathOf } from '../../../services/files/tree/paths.ts'
import type { Entry, Once } from '../../../services/files/types.ts'
import { goneSignal } from '../gone.ts'
import { writeOptionsOf } from '../idempotency.ts'
import { entryJson } from './entries.ts'

export interface OnceDoor {
  /** Absent: a key means nothing at this door. */
  readonly repeats?: Repeats | undefined
}

export interface OnceWork extends Pick<RepeatedWork, 'recalled'> {
  /** @param once absent: the request bears no key */
  readonly carryOut: (once: Once | undefined) => Promise<ToldAnswer>
  /** Of the body, what decides what is done. */
  readonly sent?: unknown
  /** Of a body that is no JSON. */
  readonly arrived?: () => Promise<string>
}

export interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** @throws AnilloError BAD_REQUEST (no such key), RETRY_MISMATCH, BUSY; what `carryOut` throws */
export async function answerOnce(
  { repeats }: OnceDoor,
  { reply, request }: Exchange,
  { arrived, carryOut, recalled, sent = null }: OnceWork,
): Promise<FastifyReply> {
  const { retry } = writeOptionsOf(request, utf8(JSON.stringify(sent)))
  const ask = {
    nick: request.asker?.nick,
    signal: goneSignal(reply),
    ...(arrived === undefined ? {} : { arrived }),
  }
  const told =
    retry === undefined || repeats === undefined
      ? await carryOut(undefined)
      : await repeats.run({ ...ask, retry }, { carryOut, recalled })
  const { body, headers = {}, status } = told
  return reply.code(status).headers(headers).send(body)
}

export const DONE: ToldAnswer = { status: 204 }

/** As by the name that was asked for: what is shared has one of its own for whoever it is for. */
export function recalledAt(path: string, entry: Entry): Entry {
  return { ...entry, path: pathOf(namesOf(path)) }
}

export function toldEntry(entry: Entry, status = 200): ToldAnswer {
  return { status, body: entryJson(entry) }
}
