/** The door of the folder: `Contents` over the store of this member. */
import { present } from '../../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import { ResumableSha256 } from '../../../base/resumable-sha256.ts'
import { Buffers } from '../../../store/chunks/buffers.ts'
import { Gate } from '../../../store/chunks/gate.ts'
import { CHUNK_BYTES_MAX } from '../../../wire/chunks.ts'
import { checkSealed, joinInto, type Checked } from './join.ts'
import {
  ALL_PUTS_AT_ONCE,
  BUFFERS_IDLE_MAX,
  CHECKED_AT_ONCE,
  KEEP_EVERY_MS,
  PUTS_WAITING_MAX,
} from './limits.ts'
import { change, type ContentParts } from './parts.ts'
import { keepContent } from './procedures.ts'
import { readHead, readRange } from './reading.ts'
import { SealedWriter } from './sealed-writer.ts'
import type { Body, ByteRange, Contents, ContentWriter, SealedBody, WriterAsk } from './types.ts'
import { OpenWriter } from './writer.ts'

const ID_BYTES = 16
const NO_BYTES = new Uint8Array(0)

export function createContents(options: Omit<ContentParts, 'buffers' | 'puts'>): Contents {
  const buffers = new Buffers({ bytesMax: CHUNK_BYTES_MAX, idleMax: BUFFERS_IDLE_MAX })
  const puts = new Gate({
    atOnceMax: ALL_PUTS_AT_ONCE,
    waitingMax: PUTS_WAITING_MAX,
    what: 'files to be written',
  })
  const parts: ContentParts = { ...options, buffers, puts }
  const begin = (ask: WriterAsk, grown?: ResumableSha256): OpenWriter => {
    const id = hexOf(options.effects.random.bytes(ID_BYTES))
    return new OpenWriter(parts, { id, bytes: 0, tail: NO_BYTES, grown }, ask)
  }
  return {
    begin: (ask) => begin(ask),
    resume: (id, ask) => resume(parts, id, ask),
    head: async (id, within) => {
      const head = await readHead(parts, id, within)
      if (head === undefined) return undefined
      const { atMs, bytes, sha256 } = head
      return sha256 === undefined
        ? { bytes, state: 'open', atMs }
        : { bytes, state: 'sealed', sha256, atMs }
    },
    read: (body, range, within) => read(parts, body, range, within),
    join: async (bodies, ask) => {
      const { signal } = ask
      const checked = await checkAll(parts, bodies, signal)
      const whole = alone(bodies, checked)
      if (whole !== undefined) return whole
      const from = ask.isGrowing === true ? checked[0]?.hashState : undefined
      const writer = begin(ask, ask.isGrowing === true ? new ResumableSha256(from) : undefined)
      try {
        const keepsCuts = ask.keepsCuts === true
        const known = from?.bytes ?? 0
        return await joinInto(parts, { writer, known, keepsCuts, signal }, bodies)
      } catch (thrown) {
        // What failed it is told; what is left of it goes by itself.
        await writer.discard().catch(() => undefined)
        throw thrown
      }
    },
  }
}

/** Some at once: what is joined may be thousands. */
async function checkAll(
  parts: ContentParts,
  bodies: readonly Body[],
  signal: AbortSignal | undefined,
): Promise<(Checked | undefined)[]> {
  const checked: (Checked | undefined)[] = []
  for (let at = 0; at < bodies.length; at += CHECKED_AT_ONCE) {
    const some = bodies.slice(at, at + CHECKED_AT_ONCE)
    checked.push(...(await Promise.all(some.map((body) => checkSealed(parts, body, signal)))))
  }
  return checked
}

/** The only one that has bytes is the whole. */
function alone(
  bodies: readonly Body[],
  checked: readonly (Checked | undefined)[],
): SealedBody | undefined {
  const [index, ...others] = [...bodies.keys()].filter((at) => bytesIn(bodies[at]) > 0)
  if (index === undefined || others.length > 0) return undefined
  const body = present(bodies[index], 'body')
  const sha256 = checked[index]?.sha256
  return sha256 === undefined ? undefined : { ...body, sha256 }
}

function bytesIn(body: Body | undefined): number {
  return body?.kind === 'here' ? body.bytes.length : (body?.bytes ?? 0)
}

async function resume(parts: ContentParts, id: string, ask: WriterAsk): Promise<ContentWriter> {
  const within = ask.signal === undefined ? {} : { signal: ask.signal }
  await change(parts, keepContent, { input: { content: id }, ...within })
  const head = await readHead(parts, id, within)
  if (head === undefined) throw new AnilloError('NO_ENTRY', { path: id })
  const { bytes, sha256 } = head
  if (sha256 !== undefined) return new SealedWriter(id, bytes, sha256)
  const tail =
    head.tail === undefined ? NO_BYTES : await parts.store.chunks.get(head.tail.hash, within)
  return new OpenWriter(parts, { id, bytes, tail }, ask)
}

async function* read(
  parts: ContentParts,
  body: Body,
  { from, to }: ByteRange,
  within: Parameters<Contents['read']>[2],
): AsyncGenerator<Uint8Array> {
  if (body.kind === 'here') {
    if (from < to) yield body.bytes.subarray(from, to)
    return
  }
  const { clock } = parts.effects
  const { bytes, id } = body
  let keptMs = clock.nowMs()
  for await (const piece of readRange(parts, { id, from, to: Math.min(to, bytes) }, within)) {
    yield piece
    if (clock.nowMs() - keptMs < KEEP_EVERY_MS) continue
    keptMs = clock.nowMs()
    await keep(parts, id)
  }
}

/** Its file may have gone since: who reads it slowly gets all of it. */
async function keep(parts: ContentParts, id: string): Promise<void> {
  try {
    await change(parts, keepContent, { input: { content: id } })
  } catch (thrown) {
    // It is read on for as long as it is there.
    if (!isAnilloError(thrown)) throw thrown
  }
}
