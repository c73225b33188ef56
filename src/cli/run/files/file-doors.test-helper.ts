/** Two doors to one tree of files in memory, and a directory of this machine. */
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { fakeDoor, SELF } from '../../../gateways/rest/fakes.test-helper.ts'
import { createGateway } from '../../../gateways/rest/gateway.ts'
import { MemoryFiles } from '../../../services/files/memory-files.test-helper.ts'
import type { FileUser } from '../../../services/files/types.ts'
import type { Ring } from '../../../wire/api.ts'
import { memberAt } from '../../../wire/member.test-helper.ts'
import { keptIo } from '../../io.test-helper.ts'
import { runProgram } from '../../program.ts'

const ANYBODY: FileUser = { nick: undefined, isManager: true, mayWrite: true, groups: [] }

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function run(words: readonly string[]): Promise<Ran> {
  const io = keptIo()
  const code = await runProgram(words, io)
  return { code, out: io.outText(), err: io.errText() }
}

function ringOf(urls: readonly string[]): Ring {
  const members = urls.map((url) => ({ ...memberAt(SELF), url }))
  return { ringId: '2'.repeat(32), self: SELF.name, members, partitions: [], mayFail: 0 }
}

export async function fileDoors() {
  /** Told before each call of the tree. */
  const hook: { before: (call: string) => Promise<void> | void } = { before: () => undefined }
  const time = { wallMs: Date.parse('2026-11-21T10:00:00Z') }
  const files = new MemoryFiles({
    clock: { wallMs: () => time.wallMs },
    before: (call) => hook.before(call),
  })
  const clock = { ...fakeDoor().clock, nowMs: () => performance.now() }
  const ring = { ...fakeDoor().ring, ring: async () => ringOf(urls) }
  const servers = await Promise.all(
    [1, 2].map(async () => {
      const server = await createGateway({ ...fakeDoor(), ring, files, clock })
      await server.listen({ port: 0, host: '127.0.0.1' })
      return server
    }),
  )
  const urls: readonly string[] = servers.map(({ server }) => {
    const { port } = server.address() as AddressInfo
    return `http://localhost:${String(port)}`
  })
  const directory = await mkdtemp(join(tmpdir(), 'anillo-files-'))
  const at = urls.flatMap((url) => ['--at', url])
  return {
    files,
    hook,
    /** Of the tree. */
    time,
    urls,
    /** A path in the directory. */
    local: (name: string) => join(directory, name),
    run: (...words: readonly string[]): Promise<Ran> => run([...words, ...at]),
    /** Of the two doors one is named. */
    runAt: (door: 0 | 1, ...words: readonly string[]): Promise<Ran> =>
      run([...words, '--at', urls[door] ?? '']),
    async has(path: string, content: string | Uint8Array): Promise<void> {
      const upload = await files.write(ANYBODY, path, { how: 'replace' })
      await upload.push(Buffer.from(content))
      await upload.commit()
    },
    async content(path: string): Promise<Buffer> {
      const { entry, read } = await files.open(ANYBODY, path)
      const pieces: Uint8Array[] = []
      for await (const piece of read({ from: 0, to: entry.bytes })) pieces.push(piece)
      return Buffer.concat(pieces)
    },
    async names(path: string): Promise<readonly string[]> {
      return (await files.list(ANYBODY, path)).entries.map(({ name }) => name)
    },
    /** As when a member is killed. */
    async kill(door: 0 | 1): Promise<void> {
      const server = servers[door]
      server?.server.closeAllConnections()
      server?.server.close()
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.server.closeAllConnections()
        await server.close()
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
}
