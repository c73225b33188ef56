/**
 * WebDAV (RFC 4918), class 1 and 2, over the tree of files. The door that it stands behind knows
 * who asks, and how contents are sent and taken.
 */
import { AnilloError, isAnilloError, type ErrorCode } from '../../base/errors.ts'
import type { TreeAnswer, TreeAsk, TreeProtocol } from '../../services/files/http-protocol.ts'
import { writeCondition } from '../../wire/http-conditions.ts'
import { refusal, said, type Precondition } from './answers.ts'
import { copy, move } from './copying.ts'
import type { Exchange } from './exchange.ts'
import { davPath, hrefOf } from './hrefs.ts'
import { lock, unlock } from './locking.ts'
import { entryAt, type DavParts } from './parts.ts'
import { DAV_HEADERS, makeFolder, put, remove, send } from './plain-methods.ts'
import { propfind } from './propfind.ts'
import { proppatch } from './proppatch.ts'
import { Standing } from './standing.ts'

type Method = (exchange: Exchange) => Promise<TreeAnswer>

const METHODS: Readonly<Record<string, Method>> = {
  GET: send,
  HEAD: send,
  PUT: put,
  DELETE: remove,
  MKCOL: makeFolder,
  PROPFIND: propfind,
  PROPPATCH: proppatch,
  COPY: copy,
  MOVE: move,
  LOCK: lock,
  UNLOCK: unlock,
}

/** Those of the others are judged where contents are sent and taken, or mean nothing. */
const CONDITIONAL: ReadonlySet<string> = new Set(
  'DELETE MKCOL PROPPATCH COPY MOVE LOCK UNLOCK'.split(' '),
)

export class DavDoor implements TreeProtocol {
  readonly #parts: DavParts

  constructor(parts: DavParts) {
    this.#parts = parts
  }

  async answer(ask: TreeAsk): Promise<TreeAnswer> {
    const { method } = ask
    if (method === 'OPTIONS') return said(200, DAV_HEADERS)
    const run = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
    try {
      if (run === undefined) throw new AnilloError('NOT_FOUND', { what: `method ${method}` })
      return await this.#run(ask, run)
    } catch (thrown) {
      return refused(thrown, method)
    }
  }

  async #run(ask: TreeAsk, run: Method): Promise<TreeAnswer> {
    const { isFolder, path } = davPath(ask.url)
    const standing = new Standing(this.#parts, ask)
    const exchange = { parts: this.#parts, ask, path, isFolder, standing }
    if (CONDITIONAL.has(ask.method)) await demandConditions(exchange)
    await standing.demandIf(path)
    return run(exchange)
  }
}

/** @throws AnilloError CONDITION_FAILED, BAD_REQUEST */
async function demandConditions(exchange: Exchange): Promise<void> {
  const condition = writeCondition(exchange.ask.headers)
  if (condition.kind === 'none') return
  const entry = await entryAt(exchange, exchange.path)
  const isMet =
    condition.kind === 'absent'
      ? entry === undefined
      : entry !== undefined &&
        (condition.kind === 'present' || condition.tags.includes(`"${entry.etag}"`))
  if (!isMet) throw new AnilloError('CONDITION_FAILED')
}

/** @throws what is no refusal */
function refused(thrown: unknown, method: string): TreeAnswer {
  if (!isAnilloError(thrown)) throw thrown
  const status = STATUSES[thrown.code]?.(method)
  return refusal(thrown, {
    ...(status === undefined ? {} : { status }),
    headers: status === 405 ? { allow: DAV_HEADERS.allow } : {},
    precondition: preconditionOf(thrown),
  })
}

/** What they ask for need not be there: what is missing is the folder that it is to be in. */
const MAKES: ReadonlySet<string> = new Set(['PUT', 'MKCOL', 'LOCK'])
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PROPFIND', 'DELETE'])

/** Where it is another than the table of errors has; `undefined`: for this method it is not. */
const STATUSES: Partial<Readonly<Record<ErrorCode, (method: string) => number | undefined>>> = {
  NO_ENTRY: (method) => (MAKES.has(method) ? 409 : undefined),
  NOT_A_FOLDER: (method) => (READS.has(method) ? 404 : undefined),
  ENTRY_EXISTS: (method) => (method === 'MKCOL' ? 405 : 412),
  IS_A_FOLDER: (method) => (method === 'PUT' ? 405 : undefined),
  MOVE_INTO_ITSELF: () => 403,
}

/** As RFC 4918, 16 and RFC 4331, 6 call it. */
function preconditionOf({ code, details }: AnilloError): Precondition | undefined {
  if (code === 'QUOTA_FULL') return { name: 'quota-not-exceeded' }
  if (code === 'DISK_FULL') return { name: 'sufficient-disk-space' }
  if (code !== 'LOCKED') return undefined
  return { name: 'lock-token-submitted', hrefs: [hrefOf(String(details['path']), false)] }
}
