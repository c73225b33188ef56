/** `POST /v1/files/{path}?op=`: what is done to an entry of the tree other than writing it. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static, type TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Principal } from '../../../services/accounts/types.ts'
import type { ToldAnswer } from '../../../services/files/repeats/types.ts'
import type { Entry, FileUser, Once } from '../../../services/files/types.ts'
import {
  FILE_ORDERS,
  FileEntry,
  FileGrantsAnswer,
  type FileOrderName,
} from '../../../wire/api-files.ts'
import { Problem } from '../../../wire/api.ts'
import { pathIn } from '../../../wire/file-address.ts'
import { fileTimeIn } from '../../../wire/file-times.ts'
import { goneSignal } from '../gone.ts'
import { ONCE_HEADERS } from '../idempotency.ts'
import { unhurried } from '../unhurried.ts'
import { violationWords } from '../validation-words.ts'
import { answerOnce, recalledAt } from './answer-once.ts'
import { entryJson } from './entries.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'
import { namedInGrants } from './named-in-grants.ts'

interface Order extends Pick<FileDoor, 'entrance' | 'files'> {
  readonly asker: Principal | undefined
  readonly who: FileUser
  readonly path: string
  /** Of what takes a while: whoever waited for it is gone. */
  readonly signal: AbortSignal
  readonly once: Once | undefined
}

type Answer = FileEntry | FileGrantsAnswer
type CarryOut = (order: Order, body: unknown) => Promise<Answer>

const ORDERS: { readonly [Op in FileOrderName]: CarryOut } = {
  move: taking(FILE_ORDERS.move, async ({ files, once, path, who }, { to, ...how }) =>
    entryJson(await files.move(who, path, to, { ...how, once })),
  ),
  copy: taking(FILE_ORDERS.copy, async ({ files, once, path, signal, who }, { to, ...how }) =>
    entryJson(await files.copy(who, path, to, { ...how, once, signal })),
  ),
  mkdir: taking(FILE_ORDERS.mkdir, async (order, { parents }) => {
    const { files, once, path, signal, who } = order
    if (parents === true) return entryJson(await madeOrThere(order))
    return entryJson(await files.makeFolder(who, path, { once, signal }))
  }),
  touch: taking(FILE_ORDERS.touch, async ({ files, once, path, who }, change) => {
    const { createdAt, mode, modifiedAt } = change
    const changes = {
      ...(createdAt === undefined ? {} : { createdMs: instantIn(createdAt) }),
      ...(mode === undefined ? {} : { mode }),
      ...(modifiedAt === undefined ? {} : { modifiedMs: instantIn(modifiedAt) }),
    }
    return entryJson(await files.touch(who, path, changes, { once }))
  }),
  restore: taking(FILE_ORDERS.restore, async ({ files, once, path, who }, { version }) =>
    entryJson(await files.restoreVersion(who, path, version, { once })),
  ),
  combine: taking(FILE_ORDERS.combine, async ({ files, once, path, signal, who }, { parts }) =>
    entryJson(await files.combine(who, path, parts, { once, signal })),
  ),
  grants: taking(FILE_ORDERS.grants, async (order, { grants }) => {
    const { asker, entrance, files, once, path, who } = order
    const isAsked = grants !== null && asker !== undefined && entrance !== undefined
    const known = isAsked
      ? await namedInGrants(grants, {
          accounts: entrance.accounts,
          asker,
          before: await files.grants(who, path),
        })
      : grants
    await files.setGrants(who, path, known ?? undefined, { once })
    return { grants: known }
  }),
}

/** What is not of the schema is refused before anything is done: BAD_REQUEST. */
function taking<S extends TSchema>(
  schema: S,
  carryOut: (order: Order, body: Static<S>) => Promise<Answer>,
): CarryOut {
  return async (order, body) => {
    if (Check(schema, body)) return carryOut(order, body)
    const problem = violationWords(Errors(schema, body), { part: 'body' })
    throw bad(problem ?? 'its body is not what this takes')
  }
}

/** @throws AnilloError BAD_REQUEST */
function instantIn(text: string): number {
  const timeMs = fileTimeIn(text)
  if (timeMs === undefined) throw bad(`“${text}” is no instant in ISO 8601 from 1970 on`)
  return timeMs
}

/** As `mkdir -p`: a folder that is there already is no error. */
async function madeOrThere({ files, once, path, signal, who }: Order): Promise<Entry> {
  try {
    return await files.makeFolder(who, path, { once, parents: true, signal })
  } catch (thrown) {
    if (!isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
    const entry = await files.stat(who, path)
    if (entry.kind === 'file') throw thrown
    return entry
  }
}

/** It was carried out: what it told then, by the name that was asked for. */
async function recalledBy(
  { files, path, who }: Pick<Order, 'files' | 'path' | 'who'>,
  body: unknown,
  entry: Entry | undefined,
): Promise<Answer> {
  if (entry === undefined) return { grants: (await files.grants(who, path)) ?? null }
  const at = Check(To, body) ? body.to : path
  return entryJson(recalledAt(at, entry))
}

const To = Type.Object({ to: Type.String() })

export function addFileOrders(server: FastifyInstance, door: FileDoor): void {
  const { entrance, files } = door

  server.post<{ Querystring: { op: FileOrderName } }>(
    '/v1/files/*',
    { schema: DESCRIBED },
    async (request, reply) => {
      const { op } = request.query
      const { path } = pathIn(request.raw.url ?? '')
      const { asker } = request
      const who = fileUserOf(request)
      const order = { asker, entrance, files, path, who, signal: goneSignal(reply) }
      const body = request.body ?? {}
      const told = (answer: Answer): ToldAnswer => ({
        status: MAKING.has(op) ? 201 : 200,
        body: answer,
      })
      const carryOut = async (once: Once | undefined): Promise<ToldAnswer> => {
        const work = () => ORDERS[op]({ ...order, once }, body)
        // Of a folder with a hundred thousand files it takes a while.
        return told(await (op === 'copy' ? unhurried(request, work) : work()))
      }
      const recalled = async (entry: Entry | undefined): Promise<ToldAnswer> =>
        told(await recalledBy(order, body, entry))
      return answerOnce(door, { request, reply }, { carryOut, recalled, sent: body })
    },
  )
}

const MAKING: ReadonlySet<FileOrderName> = new Set(['combine', 'copy', 'mkdir'])

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}

const OPS = Object.keys(FILE_ORDERS).map((op) => Type.Literal(op))

const DESCRIBED = {
  summary: 'Move, copy, make a folder, touch, restore, combine, share',
  description:
    '`move {to, replace?}`: of a folder with all that is in it, in one step. `copy {to, replace?}`: ' +
    'no byte is copied; of a folder one thing after the other. `mkdir {parents?}`. `touch {modifiedAt?, createdAt?, mode?}`. ' +
    '`restore {version}`: that content becomes the file’s once more. `combine {parts}`: one file of ' +
    'several. `grants {grants}`: who may do what with a file, or in a folder; `null`: as in the ' +
    'folder above. Whoever is named first must be there: NO_USER, NO_GROUP.',
  tags: ['files'],
  querystring: Type.Object({ op: Type.Union(OPS) }),
  headers: ONCE_HEADERS,
  response: {
    200: Type.Union([FileEntry, FileGrantsAnswer]),
    201: FileEntry,
    403: Problem,
    404: Problem,
    409: Problem,
  },
}
