/**
 * STOR, APPE and STOU: bytes from the client. The file has its old content until all is durable;
 * what came of an upload that breaks off is kept to go on with.
 */
import { AnilloError, asAnilloError, isAnilloError } from '../../base/errors.ts'
import type { ClientCloseReason } from '../../effects/client-net.ts'
import { isQuotaFull } from '../../services/files/room.ts'
import type { FileUpload, OpenFile } from '../../services/files/types.ts'
import { below, nameOf } from './paths.ts'
import { reply, type Reply } from './replies.ts'
import { TransferEnd, type Running } from './running.ts'
import type { Transfer } from './session.ts'
import { FromWire } from './text-lines.ts'

type Store = Transfer & { readonly what: 'store' | 'append' | 'storeUnique' }

export async function storeFile(running: Running, transfer: Store): Promise<Reply> {
  const { path, upload } = await begun(running, transfer)
  const isNew = upload.at === 0
  let isOver = false
  try {
    // RFC 1123 section 4.1.2.9: of STOU the name stands in this reply.
    running.parts.mark(
      transfer.what === 'storeUnique' ? `FILE: ${nameOf(path)}` : `Receiving ${nameOf(path)}.`,
    )
    await received(running, upload)
    const who = await running.parts.userNow()
    isOver = true
    await upload.commit({ who })
    return reply(226, `All is kept: ${running.bytes} bytes.`)
  } catch (thrown) {
    const isNothing = (isNew && running.bytes === 0) || isQuotaFull(thrown)
    if (!isOver) await leave(running, upload, isNothing)
    throw thrown
  }
}

interface Begun {
  readonly path: string
  readonly upload: FileUpload
}

async function begun(running: Running, transfer: Store): Promise<Begun> {
  const { files, user } = running.parts
  const { signal } = running
  if (transfer.what === 'storeUnique') return unique(running, transfer)
  const { path } = transfer
  if (transfer.what === 'store' && transfer.at === 0) {
    return { path, upload: await files.write(user, path, { how: 'replace', signal }) }
  }
  const partial = await files.partial(user, path, { signal })
  if (transfer.what === 'append') {
    const upload = await files.write(
      user,
      path,
      partial === undefined
        ? { how: 'append', signal }
        : { how: 'resume', at: partial.bytes, signal },
    )
    return { path, upload }
  }
  const { at } = transfer
  if (partial !== undefined) {
    return { path, upload: await files.write(user, path, { how: 'resume', at, signal }) }
  }
  return { path, upload: await behind(running, path, at) }
}

/** Behind the first bytes of a file that is whole: those behind them are not in the new content. */
async function behind(running: Running, path: string, at: number): Promise<FileUpload> {
  const { files, user } = running.parts
  const { signal } = running
  const old = await opened(running, path)
  const have = old?.entry.bytes ?? 0
  if (old === undefined || at > have) throw new AnilloError('UPLOAD_OFFSET', { have, at })
  const ifMatch = old.entry.etag
  if (at === have) return files.write(user, path, { how: 'append', ifMatch, signal })
  const upload = await files.write(user, path, { how: 'replace', ifMatch, signal })
  try {
    for await (const piece of old.read({ from: 0, to: at })) await upload.push(piece)
  } catch (thrown) {
    await upload.discard()
    throw thrown
  }
  return upload
}

async function opened(running: Running, path: string): Promise<OpenFile | undefined> {
  try {
    return await running.parts.files.open(running.parts.user, path, { signal: running.signal })
  } catch (thrown) {
    if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
    throw thrown
  }
}

const UNIQUE_TRIES_MAX = 10

/** A name that nothing has: the one that was wished for, where it can be. */
async function unique(
  running: Running,
  { folder, name }: Store & { readonly what: 'storeUnique' },
): Promise<Begun> {
  const { files, random, user } = running.parts
  const wished = name === '' ? 'file' : name
  for (let left = UNIQUE_TRIES_MAX; ; left--) {
    const isFirst = left === UNIQUE_TRIES_MAX && name !== ''
    const path = below(folder, isFirst ? wished : `${wished}.${random.u32().toString(36)}`)
    try {
      const ifMatch = { is: 'absent' } as const
      const ask = { how: 'replace', ifMatch, signal: running.signal } as const
      return { path, upload: await files.write(user, path, ask) }
    } catch (thrown) {
      const isTaken =
        isAnilloError(thrown, 'CONDITION_FAILED') || isAnilloError(thrown, 'IS_A_FOLDER')
      if (!isTaken || left <= 1) throw thrown
    }
  }
}

/** All that the client sends, up to its end. @throws TransferEnd, and what `push` throws */
async function received(running: Running, upload: FileUpload): Promise<void> {
  const { isText } = running.transfer
  const stream = await running.connect()
  // Clients that have nothing to send often close before the handshake.
  if (stream === 'untouched') return
  const lines = isText ? new FromWire() : undefined
  const closed = Promise.withResolvers<ClientCloseReason>()
  let pending: Promise<void> = Promise.resolve()
  let failure: AnilloError | undefined
  const push = async (bytes: Uint8Array): Promise<void> => {
    try {
      await upload.push(lines?.take(bytes) ?? bytes)
      running.moved(bytes.length)
    } catch (thrown) {
      failure = asAnilloError(thrown)
      stream.destroy()
    }
  }
  stream.receive({
    bytes: (bytes) => (pending = push(bytes)),
    closed: closed.resolve,
  })
  const reason = await closed.promise
  await pending
  // A client that dies closes both connections; the end of data by itself is the end of the file.
  await new Promise<void>((resolve) => running.parts.clock.soon(resolve))
  if (failure !== undefined) throw failure
  if (running.signal.aborted || reason.kind === 'destroyed') {
    throw new TransferEnd(426, 'The transfer was broken off; go on with REST or APPE.')
  }
  if (reason.kind === 'broken') {
    const problem = `The data connection broke (${reason.problem}); go on with REST or APPE.`
    throw new TransferEnd(426, problem)
  }
  if (!reason.isAnnounced) running.parts.log.debug('an upload ended without its close_notify')
  const rest = lines?.rest()
  if (rest !== undefined && rest.length > 0) await upload.push(rest)
}

/** What came so far stays, but where nothing came or may stay. */
async function leave(
  { parts: { log } }: Running,
  upload: FileUpload,
  isNothing: boolean,
): Promise<void> {
  try {
    await (isNothing ? upload.discard() : upload.leave())
  } catch (error) {
    log.warn('an upload that broke off was not kept', { error })
  }
}
