/**
 * `/v1/locks`: one holder at a time, for as long as its lease; fences grow from holder to holder.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import { acquireLock, releaseLock, renewLock } from '../../store/locks/lock-procedures.ts'
import { readLockValue } from '../../store/locks/lock-value.ts'
import { checkName } from '../../store/names.ts'
import type { StoredRecord } from '../../store/partition/procedure.ts'
import type { WriteOptions } from '../../store/types.ts'
import {
  LockHeld,
  LockRelease,
  LockRenewal,
  LockRequest,
  LockSeen,
} from '../../wire/api-records.ts'
import { Problem } from '../../wire/api.ts'
import { LOCK_SK, LOCK_TABLE, type AcquireAnswer } from '../../wire/locks.ts'
import { reader } from '../../wire/method.ts'
import { partitionOf } from '../../wire/partition.ts'
import { PK_BYTES_MAX } from '../../wire/record-limits.ts'
import type { Records } from './door.ts'
import { goneSignal } from './gone.ts'
import { attemptOptionsOf, idempotencyKeyOf, keyHash, writeOptionsOf } from './idempotency.ts'
import { textIn } from './record-query.ts'
import { bodyOf, readJson, takeRawBodies } from './records.ts'

interface LockDoor extends Pick<Records, 'store' | 'random'> {
  readonly clock: Clock
}

interface Named {
  readonly Params: { readonly name: string }
}

const TOKEN_DIGITS = 32
const TOKEN = /^[0-9a-f]{32}$/

/** Long leases are taken back early as often as not: nobody is told to wait longer than this. */
const RETRY_AFTER_SECONDS_MAX = 30

const readRequest = reader(LockRequest)
const readRenewal = reader(LockRenewal)

export function addLocks(server: FastifyInstance, door: LockDoor): void {
  void server.register(async (scope) => {
    takeRawBodies(scope)
    addLock(scope, door)
  })
}

function addLock(scope: FastifyInstance, door: LockDoor): void {
  const { store } = door
  scope.post<Named>('/v1/locks/:name', { schema: DESCRIBED.acquire }, async (request, reply) => {
    const body = bodyOf(request)
    const wanted = readRequest(readJson(body))
    if (wanted === undefined) throw bad('a lock takes “ttl”, and perhaps “wait”, in seconds')
    const { name } = request.params
    const token = tokenFor(request, door)
    const waitMs = (wanted.wait ?? 0) * SECOND_MS
    const asked = { ...placeOf(name), token, ttlMs: Math.round(wanted.ttl * SECOND_MS) }
    const optionsOf = (attempt: number) => attemptOptionsOf(request, body, attempt)
    const answer = await acquire(door, { asked, waitMs, optionsOf }, reply)
    if (answer.kind === 'taken') throw heldByAnother(door, reply, { name, ...answer })
    return reply.code(201).send(heldOf({ ...answer, token }))
  })

  scope.put<Named>('/v1/locks/:name', { schema: DESCRIBED.renew }, async (request) => {
    const body = bodyOf(request)
    const wanted = readRenewal(readJson(body))
    if (wanted === undefined) throw bad('renewing takes “ttl” in seconds and “token”')
    const { name } = request.params
    const { token, ttl } = wanted
    const asked = { ...placeOf(name), token, ttlMs: Math.round(ttl * SECOND_MS) }
    const answer = await store.call(
      partitionOf(LOCK_TABLE, name),
      renewLock,
      asked,
      writeOptionsOf(request, body),
    )
    if (answer.kind === 'lost') throw new AnilloError('LOCK_LOST', { name })
    return heldOf({ ...answer, token })
  })

  scope.delete<Named>('/v1/locks/:name', { schema: DESCRIBED.release }, async (request, reply) => {
    const { name } = request.params
    const token = textIn(request.query, 'token') ?? ''
    if (!TOKEN.test(token)) throw bad('releasing takes “?token=”, as it was told to the holder')
    const asked = { ...placeOf(name), token }
    const options = writeOptionsOf(request, bodyOf(request))
    const answer = await store.call(partitionOf(LOCK_TABLE, name), releaseLock, asked, options)
    if (answer.kind === 'lost') throw new AnilloError('LOCK_LOST', { name })
    return reply.code(204).send()
  })

  scope.get<Named>('/v1/locks/:name', { schema: DESCRIBED.look }, async (request) => {
    const record = await store.get(placeOf(request.params.name))
    const value = record === undefined ? undefined : readLockValue(record)
    if (value === undefined || record?.expiresAtMs === undefined) {
      throw new AnilloError('NOT_FOUND', { what: 'holder of this lock' })
    }
    return { fence: value.fence, expiresAt: instant(record.expiresAtMs) }
  })
}

/** @throws AnilloError BAD_REQUEST, TOO_LARGE */
function placeOf(name: string) {
  checkName('the name of a lock', name, PK_BYTES_MAX)
  return { table: LOCK_TABLE, pk: name, sk: LOCK_SK }
}

/** With a key the same token each time: asked again, it is the same acquisition. */
function tokenFor(request: FastifyRequest, { random }: LockDoor): string {
  const key = idempotencyKeyOf(request)
  if (key !== undefined) return keyHash(request, key).slice(0, TOKEN_DIGITS)
  return Buffer.from(random.bytes(TOKEN_DIGITS / 2)).toString('hex')
}

interface Acquisition {
  readonly asked: ReturnType<typeof placeOf> & { readonly token: string; readonly ttlMs: number }
  readonly waitMs: number
  readonly optionsOf: (attempt: number) => WriteOptions
}

/**
 * Tries again when the lock changes hands, and when the lease that was told has run out. With an
 * Idempotency-Key each attempt is answered as it was when the request came first: asked again after
 * it was given back, the lock is not taken once more.
 */
async function acquire(
  door: LockDoor,
  { asked, waitMs, optionsOf }: Acquisition,
  reply: FastifyReply,
): Promise<AcquireAnswer> {
  const { clock, store } = door
  const partition = partitionOf(LOCK_TABLE, asked.pk)
  const endMs = clock.nowMs() + waitMs
  const isKeyed = optionsOf(0).retry !== undefined
  const first = await store.call(partition, acquireLock, asked, optionsOf(0))
  if (first.kind === 'held' || waitMs === 0) return first
  const gone = goneSignal(reply)
  for (let attempt = 1; ; attempt++) {
    // What is released between this look and the next try is seen by the watch.
    const { index, items } = await store.list({ ...asked, limit: 1 }, { signal: gone })
    const held = heldUnder(items[0], asked.token)
    if (held !== undefined) return held
    // A session that ended while it waited takes nothing more.
    await reply.request.admitAgain()
    const answer = await store.call(partition, acquireLock, asked, optionsOf(attempt))
    const leftMs = endMs - clock.nowMs()
    if (answer.kind === 'held' || leftMs <= 0 || gone.aborted) return answer
    // An answer about another holder than is there was given to an earlier sending: on to the next.
    const isRepeated = answer.expiresAtMs !== items[0]?.expiresAtMs
    if (isRepeated && attempt < ATTEMPTS_REPEATED_MAX && isKeyed) continue
    const leaseMs = Math.max(LEASE_LOOK_MS, answer.expiresAtMs - clock.wallMs())
    await changeOf(door, { pk: asked.pk, index, waitMs: Math.min(leftMs, leaseMs), gone })
  }
}

/** A lock that changes hands more often than this while somebody waits is waited for from there. */
const ATTEMPTS_REPEATED_MAX = 64

/** The same request, come over another member as well, may have been given the lock meanwhile. */
function heldUnder(record: StoredRecord | undefined, token: string): AcquireAnswer | undefined {
  const value = record === undefined ? undefined : readLockValue(record)
  const expiresAtMs = record?.expiresAtMs
  if (value?.token !== token || expiresAtMs === undefined) return undefined
  return { kind: 'held', fence: value.fence, expiresAtMs }
}

/** A lease that ran out is taken away a little later, by logged time. */
const LEASE_LOOK_MS = 250

/** Waits for a change of the lock, or so long. */
async function changeOf(
  { clock, store }: LockDoor,
  until: {
    readonly pk: string
    readonly index: number
    readonly waitMs: number
    readonly gone: AbortSignal
  },
): Promise<void> {
  const over = new AbortController()
  const timer = clock.after(until.waitMs, () => over.abort())
  const signal = AbortSignal.any([over.signal, until.gone])
  const what = { table: LOCK_TABLE, pk: until.pk, fromIndex: until.index }
  for await (const _change of store.watch(what, signal)) break
  timer.cancel()
}

function heldOf(held: {
  readonly token: string
  readonly fence: number
  readonly expiresAtMs: number
}): LockHeld {
  const { expiresAtMs, fence, token } = held
  return { token, fence, expiresAt: instant(expiresAtMs) }
}

function heldByAnother(
  { clock }: LockDoor,
  reply: FastifyReply,
  lock: { readonly name: string; readonly expiresAtMs: number },
): AnilloError {
  const seconds = Math.ceil((lock.expiresAtMs - clock.wallMs()) / SECOND_MS)
  void reply.header('retry-after', Math.min(Math.max(1, seconds), RETRY_AFTER_SECONDS_MAX))
  const until = instant(lock.expiresAtMs)
  return new AnilloError('LOCK_HELD', { name: lock.name, until })
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}

const params = Type.Object({
  name: Type.String({ description: 'percent-encoded, “/” as %2F', examples: ['nightly-backup'] }),
})
const tags = ['locks']

/** For OpenAPI alone; the handlers check. */
const DESCRIBED = {
  acquire: {
    summary: 'Take a lock for a while',
    description:
      'With `wait` the answer is held back until the lock is free, at most so many seconds. With ' +
      'an Idempotency-Key the same request can be sent again, at another member too.',
    tags,
    params,
    body: LockRequest,
    response: { 201: LockHeld, 409: Problem },
  },
  renew: {
    summary: 'Hold a lock for longer: `ttl` seconds from this request on',
    tags,
    params,
    body: LockRenewal,
    response: { 200: LockHeld, 409: Problem },
  },
  release: {
    summary: 'Give a lock back',
    tags,
    params,
    querystring: LockRelease,
    response: { 204: Type.Null(), 409: Problem },
  },
  look: {
    summary: 'Whether a lock is held, and until when',
    tags,
    params,
    response: { 200: LockSeen, 404: Problem },
  },
}
