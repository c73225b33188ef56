/** `COPY` and `MOVE` (RFC 4918, 9.8 and 9.9), within the tree alone. */
import { AnilloError } from '../../base/errors.ts'
import { isAtOrBelow, lockPath } from '../../services/files/locks/coverage.ts'
import type { Entry } from '../../services/files/types.ts'
import { said, type Said } from './answers.ts'
import { demandParent, type Exchange } from './exchange.ts'
import { hrefOf, treePathIn } from './hrefs.ts'
import { entryAt } from './parts.ts'
import { depthIn, overwriteIn } from './request-headers.ts'
import type { Change } from './standing.ts'

interface Way {
  readonly source: Entry
  readonly to: string
  /** What is in the way. */
  readonly there: Entry | undefined
}

export async function copy(exchange: Exchange): Promise<Said> {
  const { ask, parts, standing } = exchange
  const { signal, who } = ask
  const depth = depthIn(ask.headers)
  if (depth === '1') throw bad('a COPY has Depth 0 or infinity')
  const way = await wayOf(exchange)
  const { source, there, to } = way
  await standing.demandLocks([arrivalOf(way)])
  if (source.kind === 'file' || depth === 'infinity') {
    await makeRoom(exchange, way)
    const replace = there?.kind === 'file' && source.kind === 'file'
    await parts.files.copy(who, source.path, to, { signal, replace })
    return arrived(way)
  }
  await makeRoom(exchange, way)
  await parts.files.makeFolder(who, to, { signal })
  const { properties } = source
  if (properties !== undefined) await parts.files.touch(who, to, { properties }, { signal })
  return arrived(way)
}

export async function move(exchange: Exchange): Promise<Said> {
  const { ask, parts, standing } = exchange
  const { signal, who } = ask
  if (depthIn(ask.headers) !== 'infinity') {
    // Clients that know better than to ask for a part of a file send 0.
    const entry = await parts.files.stat(who, exchange.path, { signal })
    if (entry.kind === 'folder') throw bad('a MOVE of a folder has Depth infinity')
  }
  const way = await wayOf(exchange)
  const { source, there, to } = way
  const leaving = { path: source.path, isOfFolder: true, isDeep: true }
  await standing.demandLocks([arrivalOf(way)])
  const isLocked = await standing.demandLocks([leaving])
  await makeRoom(exchange, way)
  const replace = there?.kind === 'file' && source.kind === 'file'
  await parts.files.move(who, source.path, to, { signal, replace })
  // Locks stay behind, where nothing is any more (RFC 4918, 7.7).
  if (isLocked) await parts.locks.clear(source.path, { signal })
  return arrived(way)
}

function arrivalOf({ there, to }: Way): Change {
  return { path: to, isOfFolder: there === undefined, isDeep: there?.kind === 'folder' }
}

/** @throws AnilloError NO_ENTRY, BAD_REQUEST, FORBIDDEN, FOLDER_MISSING, CONDITION_FAILED */
async function wayOf(exchange: Exchange): Promise<Way> {
  const { ask, parts, path } = exchange
  const to = destinationIn(exchange)
  const overwrite = overwriteIn(ask.headers)
  const source = await parts.files.stat(ask.who, path, { signal: ask.signal })
  const [from, target] = [lockPath(source.path), lockPath(to)]
  const isRename = from === target && source.path !== to
  if (from === target && !(isRename && ask.method === 'MOVE')) {
    throw new AnilloError('FORBIDDEN', { problem: 'source and destination are the same' })
  }
  if (from !== target && isAtOrBelow(target, from)) {
    throw new AnilloError('FORBIDDEN', { problem: 'the destination holds the source' })
  }
  const there = isRename ? undefined : await entryAt(exchange, to)
  if (there !== undefined && !overwrite) throw new AnilloError('CONDITION_FAILED')
  if (there === undefined) await demandParent(exchange, to)
  return { source, to, there }
}

/** @throws AnilloError BAD_REQUEST, DESTINATION_ELSEWHERE */
function destinationIn({ ask }: Exchange): string {
  const { destination, host } = ask.headers
  if (typeof destination !== 'string' || destination.trim() === '') {
    throw bad('there is no Destination')
  }
  const door = { host: host?.toString(), isSecure: ask.isSecure }
  const to = treePathIn(destination.trim(), door)
  if (to === undefined) throw new AnilloError('DESTINATION_ELSEWHERE')
  return to
}

/** A file takes the place of a file in one step; for all else what is there goes to the trash. */
async function makeRoom({ ask, parts }: Exchange, { source, there, to }: Way): Promise<void> {
  if (there === undefined || (there.kind === 'file' && source.kind === 'file')) return
  await parts.files.remove(ask.who, to, { signal: ask.signal, ifMatch: there.etag })
}

function arrived({ source, there, to }: Way): Said {
  if (there !== undefined) return said(204)
  return said(201, { location: hrefOf(to, source.kind === 'folder') })
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
