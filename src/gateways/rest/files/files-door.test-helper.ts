/** A door with a tree of files in memory behind it, and Ana, who has an account. */
import type { AddressInfo } from 'node:net'

import type { InjectOptions } from 'fastify'

import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../../platform/random.ts'
import { FileActs } from '../../../services/files/acts/acts.ts'
import { notedFiles } from '../../../services/files/doors/noted-files.ts'
import {
  MemoryFiles,
  type MemoryFilesOptions,
} from '../../../services/files/memory-files.test-helper.ts'
import { RingRepeats } from '../../../services/files/repeats/repeats.ts'
import { TREE_PROCEDURES } from '../../../services/files/tree/procedures.ts'
import { TreeStore } from '../../../services/files/tree/tree-store.ts'
import type { FileUser } from '../../../services/files/types.ts'
import { sharedFiles } from '../../../services/files/views/shared-files.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import { askedDoor, bearer } from '../entrance.test-helper.ts'
import { fakeDoor } from '../fakes.test-helper.ts'

export const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }

/** Her own folder. */
export const HOME = `/${'home'}/ana`

/** When everything in the tree is changed. */
export const NOW_MS = Date.parse('2026-11-21T10:00:00.500Z')

interface Choices extends Partial<MemoryFilesOptions> {
  /** Of the door's clock; absent: it goes. */
  readonly nowMs?: () => number
}

export async function filesDoor({ nowMs = () => performance.now(), ...options }: Choices = {}) {
  const files = new MemoryFiles({ clock: { wallMs: () => NOW_MS }, ...options })
  const clock = { ...fakeDoor().clock, nowMs }
  const { log } = fakeDoor()
  const acts = new FileActs({
    effects: { clock: new ManualClock(), log, random: platformRandom() },
    store: new MemoryStore(TREE_PROCEDURES),
  })
  const noted = notedFiles(files, (act) => acts.note(act))
  const repeats = new RingRepeats(
    new TreeStore({
      effects: { clock: new ManualClock(), random: platformRandom() },
      store: new MemoryStore(TREE_PROCEDURES),
    }),
  )
  const door = await askedDoor({
    more: { files: sharedFiles(noted, clock), repeats, fileActs: acts, clock },
  })
  const token = door.accounts.person('ana', 'member')
  return {
    ...door,
    files,
    token,
    /** Acts up to now are there to be read. */
    noteActs: () => acts.close(),
    /** As Ana. */
    asAna: ({ headers, ...asked }: InjectOptions) =>
      door.ask({ ...asked, headers: { ...bearer(token), ...headers } }),
    /** Somebody with an account: as them. */
    person(nick: string): (asked: InjectOptions) => ReturnType<typeof door.ask> {
      const shown = bearer(door.accounts.person(nick, 'member'))
      return ({ headers, ...asked }) => door.ask({ ...asked, headers: { ...shown, ...headers } })
    },
    /** A file in the tree. */
    async has(path: string, content: string | Uint8Array): Promise<void> {
      const upload = await files.write(ANA, path, { how: 'replace' })
      await upload.push(Buffer.from(content))
      await upload.commit()
    },
    /** What a file in the tree holds. */
    async content(path: string): Promise<Buffer> {
      const { entry, read } = await files.open(ANA, path)
      const pieces: Uint8Array[] = []
      for await (const piece of read({ from: 0, to: entry.bytes })) pieces.push(piece)
      return Buffer.concat(pieces)
    },
    /** On a port of loopback. */
    async listen(): Promise<{ readonly port: number; readonly url: string }> {
      await door.server.listen({ port: 0, host: '127.0.0.1' })
      const { port } = door.server.server.address() as AddressInfo
      return { port, url: `http://localhost:${String(port)}` }
    },
    async [Symbol.asyncDispose]() {
      door.server.server.closeAllConnections()
      await door[Symbol.asyncDispose]()
    },
  }
}
