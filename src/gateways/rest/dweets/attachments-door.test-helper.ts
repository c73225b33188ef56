/** A door with the ring’s microblog and tree over a store in memory, and three people. */
import type { InjectOptions } from 'fastify'

import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../../platform/random.ts'
import { RingAttachments } from '../../../services/dweets/attachments/ring-attachments.ts'
import { RingDweets } from '../../../services/dweets/dweets.ts'
import { RingOwnData } from '../../../services/dweets/own-data/own-data.ts'
import { partitionOfNick } from '../../../services/dweets/places.ts'
import type { LinkGlance } from '../../../services/dweets/previews/glance.ts'
import { Previewer, type PreviewerParts } from '../../../services/dweets/previews/previewer.ts'
import { DWEET_PROCEDURES } from '../../../services/dweets/procedures.ts'
import { createContents } from '../../../services/files/contents/contents.ts'
import { CONTENT_PROCEDURES } from '../../../services/files/contents/procedures.ts'
import { sweepContents } from '../../../services/files/contents/removal.ts'
import { RingFiles } from '../../../services/files/files.ts'
import { HeldBytes } from '../../../services/files/held-bytes.ts'
import { TREE_PROCEDURES } from '../../../services/files/tree/procedures.ts'
import type { FileUser } from '../../../services/files/types.ts'
import { SILENT } from '../../../services/scrape/pages/page-ring.test-helper.ts'
import { CHUNK_PROCEDURES } from '../../../store/chunks/procedures.ts'
import { MemoryChunks } from '../../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { withChunks } from '../../../store/store.ts'
import type { Attachment } from '../../../wire/api-attachments.ts'
import type { Dweet } from '../../../wire/api-dweets.ts'
import { partitionOfContent } from '../../../wire/held-contents.ts'
import { listedUser, USERS_INDEX_TABLE } from '../../../wire/users.ts'
import { askedDoor, bearer } from '../entrance.test-helper.ts'

/** As accounts do it. */
const register = defineProcedure({
  name: 'test.register',
  tables: [USERS_INDEX_TABLE],
  readInput: (value) => value as { readonly nick: string },
  run: (work, { nick }): null => {
    work.put(listedUser(work.partition, nick), new Uint8Array(0))
    return null
  },
})

const PEOPLE = ['ana', 'ben', 'eva'] as const

function ringOf(clock: ManualClock, glance: LinkGlance | undefined) {
  const procedures = [
    ...CHUNK_PROCEDURES,
    ...CONTENT_PROCEDURES,
    ...TREE_PROCEDURES,
    ...DWEET_PROCEDURES,
  ]
  const records = new MemoryStore([...procedures, register])
  Object.defineProperty(records, 'nowMs', { get: () => clock.wallMs() })
  const store = withChunks(records, new MemoryChunks())
  const effects = { clock, random: platformRandom() }
  const contents = createContents({ effects, store })
  const files = new RingFiles({ effects, store, contents })
  const people = {
    find: async (nick: string) =>
      PEOPLE.some((one) => one === nick) ? { nick, name: nick, joinedAtMs: 0 } : undefined,
  }
  const bytes = new HeldBytes(contents, files.tree.quotas)
  const previews =
    glance === undefined
      ? undefined
      : new Previewer({
          effects: { ...effects, log: SILENT },
          store: records,
          held: LEADER,
          bytes,
          glance,
        })
  const parts = {
    store: records,
    people,
    clock,
    random: effects.random,
    bytes,
    ...(previews === undefined ? {} : { previews }),
  }
  return {
    records,
    contents,
    files,
    previews,
    dweets: new RingDweets(parts),
    attachments: new RingAttachments(parts),
    ownData: new RingOwnData(parts),
  }
}

/** Of all partitions, in each of which something may be due. */
const LEADER = {
  status: () => ({ role: 'leader', isReady: true }),
  replica: () => ({ list: () => ({ items: [{}] }) }),
} as unknown as PreviewerParts['held']

/** @param glance absent: no site is asked */
export async function attachmentsDoor(glance?: LinkGlance) {
  const clock = new ManualClock()
  const { contents, previews, records, ...services } = ringOf(clock, glance)
  for (const nick of PEOPLE) await records.call(partitionOfNick(nick), register, { nick })
  const door = await askedDoor({ more: { clock, ...services } })
  const tokens = new Map<string, string>()
  const as = (nick: (typeof PEOPLE)[number]) => {
    const token = door.accounts.person(nick, 'member')
    tokens.set(nick, token)
    return ({ headers, ...asked }: InjectOptions) =>
      door.ask({ ...asked, headers: { ...bearer(token), ...headers } })
  }
  const asAna = as('ana')
  return {
    ...door,
    ...services,
    clock,
    tokens,
    records,
    contents,
    previews,
    asAna,
    asBen: as('ben'),
    asEva: as('eva'),
    /** By Ana, where nobody else is told. */
    async attached(bytes: Uint8Array, query = 'name=a.bin', ask = asAna): Promise<Attachment> {
      const url = `/v1/dweets/attachments?${query}`
      const answer = await ask({ method: 'POST', url, payload: Buffer.from(bytes) })
      if (answer.statusCode !== 201) throw new Error(answer.body)
      return answer.json<Attachment>()
    },
    async published(body: object, ask = asAna): Promise<Dweet> {
      const answer = await ask({ method: 'POST', url: '/v1/dweets', payload: body })
      if (answer.statusCode !== 201) throw new Error(answer.body)
      await settled()
      return answer.json<Dweet>()
    },
    /** What nobody holds goes, when its time has come. */
    async swept(id: string): Promise<boolean> {
      for (let asked = 0; asked < 2; asked++) {
        await records.call(partitionOfContent(id), sweepContents, null)
        await settled()
      }
      return (await contents.head(id)) === undefined
    },
  }
}

/** Messages have arrived, and what they began has been done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
}

export function fileUser(nick: string): FileUser {
  return { nick, isManager: false, mayWrite: true, groups: [] }
}
