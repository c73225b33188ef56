/** A door with WebDAV over a tree in memory, spoken to over real connections. */
import { request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../platform/random.ts'
import {
  memoryLocks,
  memoryLockStore,
} from '../../services/files/locks/memory-locks.test-helper.ts'
import {
  MemoryFiles,
  type MemoryFilesOptions,
} from '../../services/files/memory-files.test-helper.ts'
import type { FileUser } from '../../services/files/types.ts'
import { askedDoor } from '../rest/entrance.test-helper.ts'
import { DavDoor } from './door.ts'

export const ANA: FileUser = { nick: 'ana', groups: [], isManager: false, mayWrite: true }

/** Ana’s own folder, and that of somebody else. */
export const OWN = `/${'home'}/ana`
export const OTHER = `/${'home'}/beto`

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Absent: ana. */
  readonly nick?: string
}

export interface DavTest {
  readonly port: number
  readonly files: MemoryFiles
  readonly clock: ManualClock
  /** Nothing of the address is changed on its way. */
  ask(method: string, path: string, asked?: Asked): Promise<Answered>
  has(path: string, content: string): Promise<void>
  content(path: string): Promise<string>
}

type Shared = Pick<DavTest, 'files' | 'clock'> & { readonly store: LockStore }
type LockStore = ReturnType<typeof memoryLockStore>

/** Closed with the test. @param shared of another member of the same ring */
export async function davDoor(
  t: { after(run: () => Promise<void>): void },
  options: Omit<Partial<MemoryFilesOptions>, 'clock'> & { readonly shared?: Shared } = {},
): Promise<DavTest & { readonly shared: Shared }> {
  const { shared: given, ...limits } = options
  const clock = given?.clock ?? new ManualClock()
  const files = given?.files ?? new MemoryFiles({ clock, ...limits })
  const store = given?.store ?? memoryLockStore(clock)
  const locks = memoryLocks({ clock, random: platformRandom() }, store)
  const dav = new DavDoor({ files, locks, clock })
  const door = await askedDoor({ more: { files, dav } })
  for (const nick of ['ana', 'beto']) door.accounts.person(nick, 'member')
  await door.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.server.server.address() as AddressInfo
  t.after(async () => {
    door.server.server.closeAllConnections()
    await door[Symbol.asyncDispose]()
  })
  return {
    port,
    files,
    clock,
    shared: { files, clock, store },
    ask: (method, path, { body, headers = {}, nick = 'ana' } = {}) =>
      asked({
        method,
        path,
        port,
        body,
        headers: { ...basic(nick, `${nick}-password`), ...headers },
      }),
    async has(path, content) {
      const upload = await files.write(ANA, path, { how: 'replace' })
      await upload.push(Buffer.from(content))
      await upload.commit()
    },
    async content(path) {
      const { entry, read } = await files.open(ANA, path)
      const pieces: Uint8Array[] = []
      for await (const piece of read({ from: 0, to: entry.bytes })) pieces.push(piece)
      return Buffer.concat(pieces).toString()
    },
  }
}

export function basic(nick: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${nick}:${password}`).toString('base64')}` }
}

interface Sent {
  readonly method: string
  readonly path: string
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
}

export function asked({ body, ...sent }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const host = { host: `localhost:${sent.port}` }
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const headers = { ...host, ...length, ...sent.headers }
    const asking = request({ ...sent, host: '127.0.0.1', headers, agent: false }, (answer) => {
      const pieces: Uint8Array[] = []
      answer.on('data', (piece: Uint8Array) => pieces.push(piece))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(pieces).toString()
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
      })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

export function lockBody(scope: 'exclusive' | 'shared' = 'exclusive', owner = ''): string {
  return (
    `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:${scope}/></D:lockscope>` +
    `<D:locktype><D:write/></D:locktype>${owner}</D:lockinfo>`
  )
}

/** Of the `Lock-Token` header. */
export function tokenOf({ headers }: Answered): string {
  return String(headers['lock-token'])
}

export function propfindBody(properties: string): string {
  return `<propfind xmlns="DAV:"><prop>${properties}</prop></propfind>`
}

export function setBody(properties: string): string {
  return `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop>${properties}</D:prop></D:set></D:propertyupdate>`
}
