/** `POST /v1/files/{path}?op=`: what is done to an entry of the tree other than writing it. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static, type TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Principal } from '../../../services/accounts/types.ts'
import type { Entry, FileUser } from '../../../services/files/types.ts'
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
import { unhurried } from '../unhurried.ts'
import { violationWords } from '../validation-words.ts'
import { entryJson } from './entries.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'
import { namedInGrants } from './named-in-grants.ts'

interface Order extends Pick<FileDoor, 'entrance' | 'files'> {
  readonly asker: Principal | undefined
  readonly who: FileUser
  readonly path: string
  /** Of what takes a while: whoever waited for it is gone. */
  readonly signal: AbortSignal
}

type Answer = FileEntry | FileGrantsAnswer
type CarryOut = (order: Order, body: unknown) => Promise<Answer>

const ORDERS: { readonly [Op in FileOrderName]: CarryOut } = {
  move: taking(FILE_ORDERS.move, async ({ files, path, who }, { to, ...how }) =>
    entryJson(await files.move(who, path, to, how)),
  ),
  copy: taking(FILE_ORDERS.copy, async ({ files, path, signal, who }, { to, ...how }) =>
    entryJson(await files.copy(who, path, to, { ...how, signal })),
  ),
  mkdir: taking(FILE_ORDERS.mkdir, async (order, { parents }) => {
    const { files, path, signal, who } = order
    if (parents === true) return entryJson(await madeOrThere(order))
    return entryJson(await files.makeFolder(who, path, { signal }))
  }),
  touch: taking(FILE_ORDERS.touch, async ({ files, path, who }, change) => {
    const { createdAt, mode, modifiedAt } = change
    const changes = {
      ...(createdAt === undefined ? {} : { createdMs: instantIn(createdAt) }),
      ...(mode === undefined ? {} : { mode }),
      ...(modifiedAt === undefined ? {} : { modifiedMs: instantIn(modifiedAt) }),
    }
    return entryJson(await files.touch(who, path, changes))
  }),
  restore: taking(FILE_ORDERS.restore, async ({ files, path, who }, { version }) =>
    entryJson(await files.restoreVersion(who, path, version)),
  ),
  combine: taking(FILE_ORDERS.combine, async ({ files, path, signal, who }, { parts }) =>
    entryJson(await files.combine(who, path, parts, { signal })),
  ),
  grants: taking(FILE_ORDERS.grants, async ({ asker, entrance, files, path, who }, { grants }) => {
    const isAsked = grants !== null && asker !== undefined && entrance !== undefined
    const known = isAsked
      ? await namedInGrants(grants, {
          accounts: entrance.accounts,
          asker,
          before: await files.grants(who, path),
        })
      : grants
    await files.setGrants(who, path, known ?? undefined)
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
async function madeOrThere({ files, path, signal, who }: Order): Promise<Entry> {
  try {
    return await files.makeFolder(who, path, { parents: true, signal })
  } catch (thrown) {
    if (!isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
    const entry = await files.stat(who, path)
    if (entry.kind === 'file') throw thrown
    return entry
  }
}

export function addFileOrders(server: FastifyInstance, { entrance, files }: FileDoor): void {
  server.post<{ Querystring: { op: FileOrderName } }>(
    '/v1/files/*',
    { schema: DESCRIBED },
    async (request, reply) => {
      const { op } = request.query
      const { path } = pathIn(request.raw.url ?? '')
      const { asker } = request
      const who = fileUserOf(request)
      const order = { asker, entrance, files, path, who, signal: goneSignal(reply) }
      const carryOut = (): Promise<Answer> => ORDERS[op](order, request.body ?? {})
      // Of a folder with a hundred thousand files it takes a while.
      const answer = await (op === 'copy' ? unhurried(request, carryOut) : carryOut())
      return reply.code(MAKING.has(op) ? 201 : 200).send(answer)
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
  response: {
    200: Type.Union([FileEntry, FileGrantsAnswer]),
    201: FileEntry,
    403: Problem,
    404: Problem,
    409: Problem,
  },
}
