/** Methods that HTTP has by itself, and `MKCOL`. */
import { AnilloError } from '../../base/errors.ts'
import type { TreeAnswer } from '../../services/files/http-protocol.ts'
import { said, type Said } from './answers.ts'
import { demandParent, type Exchange } from './exchange.ts'
import { hrefOf } from './hrefs.ts'
import { bodyBytes, entryAt } from './parts.ts'
import { depthIn, expectedBytesIn, modifiedMsIn } from './request-headers.ts'

export const DAV_METHODS = [
  'OPTIONS',
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'MKCOL',
  'PROPFIND',
  'PROPPATCH',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
] as const

/** Explorer and Office ask by the last one which protocol to speak. */
export const DAV_HEADERS = {
  dav: '1, 2',
  'ms-author-via': 'DAV',
  allow: DAV_METHODS.join(', '),
  'accept-ranges': 'bytes',
} as const

export async function send({ ask, parts, path }: Exchange): Promise<TreeAnswer> {
  const entry = await parts.files.stat(ask.who, path, { signal: ask.signal })
  if (entry.kind === 'file') return { kind: 'content', path }
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'private, no-cache',
    'last-modified': new Date(entry.modifiedMs).toUTCString(),
    etag: `"${entry.etag}"`,
  }
  return said(200, headers, ask.method === 'HEAD' ? '' : ABOUT)
}

/** For a person whose browser was led here. */
const ABOUT =
  'This is a folder for WebDAV programs. A browser shows it on the page of this door, under Files.\n'

export async function put(exchange: Exchange): Promise<Said> {
  const { ask, isFolder, path, standing } = exchange
  const { headers } = ask
  if (headers['content-range'] !== undefined) {
    // RFC 9110, 14.5: whoever does not know it would keep a part for the whole.
    throw new AnilloError('BAD_REQUEST', { problem: 'a PUT here brings the whole file' })
  }
  if (isFolder) throw new AnilloError('IS_A_FOLDER', { path })
  const there = await entryAt(exchange, path)
  if (there?.kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path })
  const change = { path, isOfFolder: there === undefined, isDeep: false }
  await standing.demandLocks([change])
  const modifiedMs = modifiedMsIn(headers)
  const expectedBytes = expectedBytesIn(headers)
  const { etag, isNew } = await ask.store(path, {
    ...(modifiedMs === undefined ? {} : { modifiedMs }),
    ...(expectedBytes === undefined ? {} : { expectedBytes }),
    beforeCommit: async () => void (await standing.demandLocks([change])),
  })
  const told = { etag: `"${etag}"`, ...(modifiedMs === undefined ? {} : MTIME_TAKEN) }
  return isNew ? said(201, { ...told, location: hrefOf(path, false) }) : said(204, told)
}

const MTIME_TAKEN = { 'x-oc-mtime': 'accepted' } as const

export async function remove(exchange: Exchange): Promise<Said> {
  const { ask, parts, path, standing } = exchange
  const { signal, who } = ask
  const entry = await parts.files.stat(who, path, { signal })
  if (entry.kind === 'folder' && depthIn(ask.headers) !== 'infinity') {
    throw new AnilloError('BAD_REQUEST', { problem: 'a DELETE of a folder has Depth infinity' })
  }
  const isLocked = await standing.demandLocks([{ path, isOfFolder: true, isDeep: true }])
  await parts.files.remove(who, path, { signal })
  if (isLocked) await parts.locks.clear(path, { signal })
  return said(204)
}

export async function makeFolder(exchange: Exchange): Promise<Said> {
  const { ask, parts, path, standing } = exchange
  const body = await bodyBytes(ask)
  if (body.length > 0) throw new AnilloError('BODY_UNKNOWN')
  await demandParent(exchange, path)
  await standing.demandLocks([{ path, isOfFolder: true, isDeep: false }])
  await parts.files.makeFolder(ask.who, path, { signal: ask.signal })
  return said(201, { location: hrefOf(path, true) })
}
