/**
 * kill -9 while a file is on its way: of members that hold its chunks, and of the one that is
 * asked.
 */
import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'

import { present } from '../../src/base/assert.ts'
import { MIB, SECOND_MS } from '../../src/base/limits.ts'
import { eventually } from '../store/cluster.ts'
import { putWith } from './clients.ts'
import { FtpSession } from './ftp-session.ts'
import type { Part } from './part.ts'
import { OURS, type Question } from './report.ts'
import { writeNoise } from './sources.ts'

const FIVE = 5
const STALL_GOAL_S = 3
const RESUMED_GOAL_S = 5
const AGAIN_GOAL_MIB = 8
const GOING_ON_MS = 60 * SECOND_MS
const PIECE_BYTES = 256 * 1_024

const atMost = (what: string, unit: string, value: number): Question => ({
  what,
  unit,
  goal: { kind: 'atMost', value },
  digits: 1,
})

const STALL = atMost('kill -9 of two members in mid-RETR: longest stall', 's', STALL_GOAL_S)
const RESUMED = atMost('kill -9 of the entry in mid-STOR: goes on after', 's', RESUMED_GOAL_S)
const AGAIN = atMost('kill -9 of the entry in mid-STOR: sent again', 'MiB', AGAIN_GOAL_MIB)

export async function measureKills(part: Part): Promise<void> {
  const { directory, options } = part
  const local = join(directory, 'kill')
  await writeNoise(local, options.sizes.largeBytes)
  for (let run = 0; run < options.runs; run++) {
    await part.sample(STALL, OURS, () => stallWhileMembersDie(part, local))
    await entryDies(part, local)
  }
}

/** The longest time without a byte. @throws Error where what came is not the file */
async function stallWhileMembersDie(part: Part, local: string): Promise<number> {
  const { cluster, members } = await part.ring(FIVE)
  try {
    const entry = present(members[0], 'a member')
    const victims = members.slice(1, 3)
    await putWith(part.programs, entry, { local, remote: 'large' })
    const { size } = await stat(local)
    const client = await FtpSession.begin(entry)
    const data = await client.begin('RETR large')
    const hash = createHash('sha256')
    let came = 0
    let lastMs = performance.now()
    let longestMs = 0
    let areDead = false
    for await (const piece of data as AsyncIterable<Buffer>) {
      const nowMs = performance.now()
      longestMs = Math.max(longestMs, nowMs - lastMs)
      lastMs = nowMs
      hash.update(piece)
      came += piece.length
      if (areDead || came < size / 4) continue
      areDead = true
      for (const victim of victims) process.kill(await victim.pid(), 'SIGKILL')
    }
    longestMs = Math.max(longestMs, performance.now() - lastMs)
    await client.end()
    client.close()
    if (came !== size) throw new Error(`it ended after ${came} bytes`)
    const isWhole = hash.digest('hex') === (await hashOf(local, size)).digest('hex')
    if (!isWhole) throw new Error('what came is not the file')
    return longestMs / SECOND_MS
  } finally {
    await cluster.stop()
  }
}

/** Half of it is sent to one that dies then; the rest to another, from where that one says. */
async function entryDies(part: Part, local: string): Promise<void> {
  const { report } = part
  const { cluster, members } = await part.ring(FIVE)
  try {
    const [entry, other] = [present(members[0], 'a member'), present(members[1], 'a member')]
    const { size } = await stat(local)
    const first = await FtpSession.begin(entry)
    const broken = await first.begin('STOR large')
    const sent = await send(broken, local, { from: 0, to: Math.floor(size / 2) })
    process.kill(await entry.pid(), 'SIGKILL')
    const diedMs = performance.now()
    let at = 0
    let second: FtpSession | undefined
    let data: Socket | undefined
    await eventually('going on at another member', GOING_ON_MS, async () => {
      second?.close()
      second = await FtpSession.begin(other)
      at = Number((await second.must('SIZE large')).text)
      await second.must(`REST ${at}`)
      data = await second.begin('STOR large')
      return true
    })
    const resumedMs = performance.now()
    const client = present(second, 'a session')
    const rest = present(data, 'a data connection')
    await send(rest, local, { from: at, to: size })
    rest.end()
    await client.end()
    const told = await client.must('XSHA256 large')
    client.close()
    const expected = (await hashOf(local, size)).digest('hex')
    if (!told.text.toLowerCase().includes(expected)) throw new Error('it is another file')
    report.sample(RESUMED, OURS, (resumedMs - diedMs) / SECOND_MS)
    report.sample(AGAIN, OURS, Math.max(0, sent - at) / MIB)
  } catch (thrown) {
    report.failed(RESUMED, OURS, thrown)
  } finally {
    await cluster.stop()
  }
}

/** Bytes that the system has taken; what waits in it when the member dies is lost, and counted. */
async function send(
  socket: Socket,
  local: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number> {
  const file = await open(local)
  try {
    for (let at = from; at < to; at += PIECE_BYTES) {
      const place = Buffer.alloc(Math.min(PIECE_BYTES, to - at))
      await file.read(place, 0, place.length, at)
      if (!socket.write(place)) await once(socket, 'drain')
    }
    return socket.bytesWritten - socket.writableLength
  } finally {
    await file.close()
  }
}

async function hashOf(local: string, bytes: number): Promise<Hash> {
  const hash = createHash('sha256')
  const pieces = createReadStream(local, { start: 0, end: bytes - 1 })
  for await (const piece of pieces as AsyncIterable<Buffer>) hash.update(piece)
  return hash
}
