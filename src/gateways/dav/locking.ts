/** `LOCK` and `UNLOCK` (RFC 4918, 9.10 and 9.11). */
import { AnilloError } from '../../base/errors.ts'
import { covers, lockPath } from '../../services/files/locks/coverage.ts'
import type { PathLock } from '../../services/files/locks/types.ts'
import { refusal, said, saidXml, type Said } from './answers.ts'
import { demandParent, type Exchange } from './exchange.ts'
import { hrefOf } from './hrefs.ts'
import { lockedXml, lockInfo } from './lock-xml.ts'
import { entryAt, xmlIn } from './parts.ts'
import { depthIn, lockTokenIn, timeoutMsIn } from './request-headers.ts'

export async function lock(exchange: Exchange): Promise<Said> {
  const { ask, parts, path, standing } = exchange
  const { signal, who } = ask
  const body = await xmlIn(ask)
  if (body === undefined) return refresh(exchange)
  const { isShared, owner } = lockInfo(body)
  const depth = depthIn(ask.headers)
  if (depth === '1') throw bad('a lock has Depth 0 or infinity')
  if (who.nick === undefined) throw new AnilloError('LOGIN_FIRST')
  const entry = await entryAt(exchange, path)
  if (entry?.access === 'read') throw new AnilloError('NO_ACCESS', { action: 'lock', path })
  if (entry === undefined) {
    await demandParent(exchange, path)
    await standing.demandLocks([{ path, isOfFolder: true, isDeep: false }])
  }
  const isDeep = depth === 'infinity'
  const forMs = timeoutMsIn(ask.headers)
  const taken = await parts.locks.take(
    { path, isDeep, isShared, nick: who.nick, owner, forMs },
    { signal },
  )
  if (taken.kind === 'conflict') return conflict(taken.lock)
  if (entry === undefined) await makeEmpty(exchange, taken.lock)
  const headers = { 'lock-token': `<${taken.lock.token}>` }
  const status = entry === undefined ? 201 : 200
  return saidXml(status, lockedXml(taken.lock, parts.clock.wallMs()), headers)
}

function conflict({ nick, path }: PathLock): Said {
  const hrefs = [hrefOf(path, false)]
  const precondition = { name: 'no-conflicting-lock', hrefs }
  return refusal(new AnilloError('LOCKED', { path, nick }), { precondition })
}

/** A name that is locked before anything is there becomes an empty file (RFC 4918, 7.3). */
async function makeEmpty({ ask, parts, path }: Exchange, { token }: PathLock): Promise<void> {
  const { signal, who } = ask
  try {
    const empty = { how: 'replace', ifMatch: { is: 'absent' }, signal } as const
    const upload = await parts.files.write(who, path, empty)
    await upload.commit({ signal })
  } catch (thrown) {
    await parts.locks.release({ path, token })
    throw thrown
  }
}

/** Without a body: the lock whose token the `If` header shows goes on (RFC 4918, 9.10.2). */
async function refresh({ ask, parts, path, standing }: Exchange): Promise<Said> {
  const { signal, who } = ask
  const [token, ...others] = standing.tokens
  if (token === undefined) throw bad('a LOCK has a body, or an If header with the token of a lock')
  if (others.length > 0) throw bad('a LOCK goes on with one lock')
  const held = await parts.locks.at(path, { signal })
  const found = held.find((one) => one.token === token && covers(one, lockPath(path)))
  const { nick } = who
  const forMs = timeoutMsIn(ask.headers)
  const asked = found !== undefined && nick !== undefined ? { path, token, nick, forMs } : undefined
  const again = asked && (await parts.locks.refresh(asked, { signal }))
  if (again === undefined) return tokenDiffers(412)
  return saidXml(200, lockedXml(again, parts.clock.wallMs()))
}

export async function unlock({ ask, parts, path }: Exchange): Promise<Said> {
  const { signal, who } = ask
  const token = lockTokenIn(ask.headers)
  const held = await parts.locks.at(path, { signal })
  const found = held.find((one) => one.token === token && covers(one, lockPath(path)))
  if (found === undefined) return tokenDiffers(409)
  if (found.nick !== who.nick && !who.isManager) {
    throw new AnilloError('NO_ACCESS', { action: 'unlock', path })
  }
  await parts.locks.release({ path, token }, { signal })
  return said(204)
}

function tokenDiffers(status: 409 | 412): Said {
  const precondition = { name: 'lock-token-matches-request-uri' }
  return refusal(new AnilloError('CONDITION_FAILED'), { status, precondition })
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
