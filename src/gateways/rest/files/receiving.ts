/**
 * Bytes on their way into a file. They are never held: each piece is taken by the tree before the
 * next is read. What came before the client was gone stays, and can be gone on with at any member.
 */
import type { FastifyRequest } from 'fastify'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { isQuotaFull } from '../../../services/files/room.ts'
import type { FileUpload, Once, WriteAsk, Written } from '../../../services/files/types.ts'
import { ASK_AGAIN_MS } from '../limits.ts'
import type { Places } from '../places.ts'
import type { Exchange } from './answer-once.ts'
import { ArrivingBody } from './arriving-body.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'

export interface ReceivingDoor extends FileDoor {
  /** Uploads under way. */
  readonly places: Places
}

export interface Receiving {
  readonly path: string
  readonly ask: WriteAsk
  /** So many are to come; `undefined`: all that comes. */
  readonly bytes: number | undefined
  /** With them the file is whole. */
  readonly isLast: boolean
  /** Of the whole file, as the client knows it. */
  readonly sha256?: string | undefined
  /** Its bytes, where their hash is asked for. */
  readonly body?: ArrivingBody
  /** Of a change that may be asked for again. */
  readonly once?: Once | undefined
  /** When all has come; what it throws is thrown. */
  readonly beforeCommit?: (() => Promise<void>) | undefined
}

export type Received =
  | { readonly kind: 'whole'; readonly entry: Written }
  /** All of it is durable; more is to come. */
  | { readonly kind: 'part'; readonly offset: number }

/**
 * @throws AnilloError UPLOAD_OFFSET and what else `Files.write` may throw; BAD_REQUEST where other
 * bytes come than were told; BUSY; RPC_CANCELLED where the client is gone
 */
export async function receive(
  door: ReceivingDoor,
  receiving: Receiving,
  exchange: Exchange,
): Promise<Received> {
  const { request } = exchange
  const { body = new ArrivingBody(request.raw), once, sha256 } = receiving
  using _ = door.places.take()
  door.unhurried(request.raw.socket)
  const upload = await begun(door, { ...receiving, body }, exchange)
  try {
    const received = await takeAll(door, upload, { receiving, request, body })
    if (!receiving.isLast) {
      await upload.leave()
      return { kind: 'part', offset: upload.at + received }
    }
    await receiving.beforeCommit?.()
  } catch (thrown) {
    await given(upload, thrown)
    throw thrown
  } finally {
    // Ended early, what still arrives is passed over: the sender learns why.
    body.passOver()
  }
  const who = fileUserOf(request)
  const entry = await upload.commit({ once, who, ...(sha256 === undefined ? {} : { sha256 }) })
  return { kind: 'whole', entry }
}

async function begun(
  { files }: ReceivingDoor,
  { ask, body, path }: Receiving & { readonly body: ArrivingBody },
  { reply, request }: Exchange,
): Promise<FileUpload> {
  try {
    return await files.write(fileUserOf(request), path, ask)
  } catch (thrown) {
    body.passOver()
    if (isAnilloError(thrown, 'UPLOAD_OFFSET')) {
      void reply.header('upload-offset', String(thrown.details['have'] ?? 0))
    }
    throw thrown
  }
}

interface Taking {
  readonly receiving: Receiving
  readonly request: FastifyRequest
  readonly body: ArrivingBody
}

/** @returns how many came */
async function takeAll(
  { clock }: ReceivingDoor,
  upload: FileUpload,
  { body, receiving, request }: Taking,
): Promise<number> {
  const { bytes = Number.MAX_SAFE_INTEGER } = receiving
  let received = 0
  let askedAtMs = clock.nowMs()
  for await (const piece of body.pieces()) {
    if (received + piece.length > bytes) throw otherLength('more')
    if (clock.nowMs() - askedAtMs >= ASK_AGAIN_MS) {
      await request.admitAgain()
      askedAtMs = clock.nowMs()
    }
    await upload.push(piece)
    received += piece.length
  }
  if (receiving.bytes !== undefined && received < receiving.bytes) throw otherLength('fewer')
  return received
}

function otherLength(how: 'more' | 'fewer'): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem: `${how} bytes came than its header tells` })
}

/** What came stays, but where there is no room for it. The first error tells more than a second. */
async function given(upload: FileUpload, thrown: unknown): Promise<void> {
  const end = isQuotaFull(thrown) ? upload.discard() : upload.leave()
  await end.catch(() => undefined)
}
