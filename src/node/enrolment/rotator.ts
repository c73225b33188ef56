/**
 * The member's part in a rotation of the ring's authority (docs/joining.md, *Another authority*).
 * It looks at the ring's record of it now and then, does what the phase asks for, durably, and says
 * so there. Whoever says so last moves the record on: no member is needed for it, and one that was
 * away goes on where the ring is.
 */
import { utf8, tryText } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Timer } from '../../effects/clock.ts'
import type { KeyAndCertificate } from '../../effects/crypto.ts'
import type { Effects } from '../../effects/effects.ts'
import { allOf, listed } from '../../effects/listed.ts'
import type { StoredRecord } from '../../store/partition/procedure.ts'
import type { EnrolledMember } from '../../store/placement/types.ts'
import {
  ENROLLED_MAX,
  jsonBytes,
  jsonOf,
  MEMBERS_PK,
  readMemberRow,
} from '../../store/roster/rows.ts'
import type { Store } from '../../store/types.ts'
import { RING_TABLE } from '../../wire/partition.ts'
import {
  readRotation,
  ROTATION_PK,
  ROTATION_SK,
  ROTATION_TABLE,
  type Rotation,
} from '../../wire/rotation.ts'
import { CLOCK_SKEW_MS } from './found.ts'
import type { Papers } from './papers.ts'
import { awaited, reported } from './rotation.ts'
import { authorityMac } from './warrant.ts'

/** Nothing is hurried about a rotation that somebody begins elsewhere. */
const LOOK_EVERY_MS = 10 * SECOND_MS
/** While one is under way. */
const LOOK_SOON_MS = SECOND_MS / 2
/** Of tries to write the record, which others write too. */
const WRITES_MAX = 8

export interface RotatorDeps {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'crypto' | 'cipher' | 'log'>
  readonly self: MemberId
  readonly papers: Papers
  readonly store: Pick<Store, 'get' | 'list' | 'transact'>
  /** Papers that others give; see `Upkeep`. */
  readonly upkeep: {
    fetchAuthority(): Promise<void>
    renew(): Promise<void>
  }
  /** The old authority counts no more: connections are to prove themselves anew. */
  readonly settled: () => void
}

export interface RotationView {
  readonly rotation: Rotation
  /** Ids of members. */
  readonly waitsFor: readonly string[]
}

interface Read {
  readonly record: StoredRecord | undefined
  /** Of this ring. */
  readonly rotation: Rotation | undefined
}

export class Rotator {
  readonly #deps: RotatorDeps
  #timer: Timer | undefined
  #isLooking = false
  #stopped = false
  /** What was told to the log last. */
  #told = ''
  #problem = ''

  constructor(deps: RotatorDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#after(0)
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  /**
   * Begins one where none is under way; the record as it is then.
   * @throws AnilloError ENROL_ELSEWHERE where this member does not hold the authority's key,
   * STORE_UNAVAILABLE, OUTCOME_UNKNOWN, BUSY
   */
  async begin(): Promise<Rotation> {
    for (let tries = 0; tries < WRITES_MAX; tries++) {
      const { rotation: last, record } = await this.#read()
      if (last !== undefined && last.phase !== 'done') return last
      const rotation = await this.#next(last)
      if (!(await this.#write(rotation, record))) continue
      this.#deps.effects.log.info('authority is rotated', { number: rotation.number })
      this.#after(0)
      return rotation
    }
    throw new AnilloError('BUSY', { what: 'the record of the authority' })
  }

  /** The one under way, or the last one; `undefined` where there was none. */
  async view(): Promise<RotationView | undefined> {
    const { rotation } = await this.#read()
    if (rotation === undefined) return undefined
    const members = rotation.phase === 'done' ? [] : await this.#members()
    return { rotation, waitsFor: awaited(rotation, members) }
  }

  async #next(last: Rotation | undefined): Promise<Rotation> {
    const { effects, papers } = this.#deps
    const { clock, cipher, crypto } = effects
    const { ring } = papers
    if (ring === undefined) throw new AnilloError('ENROL_ELSEWHERE')
    const { ringId, authority } = ring
    const number = Math.max(last?.number ?? 0, authority.number ?? 0) + 1
    const made = await crypto.makeAuthority(ringId, clock.wallMs() - CLOCK_SKEW_MS)
    const key = this.#sealingKey(authority, number)
    const sealed = cipher.seal(key, utf8(made.privateKeyPem), utf8(made.certificatePem))
    return {
      ringId,
      number,
      phase: 'trusting',
      beganAtMs: clock.wallMs(),
      certificatePem: made.certificatePem,
      sealedKey: hexOf(sealed),
      done: [],
    }
  }

  /** Only who holds the authority's key has it. */
  #sealingKey(authority: KeyAndCertificate, number: number): Uint8Array {
    const { crypto } = this.#deps.effects
    const statement = { purpose: 'next authority', text: String(number) } as const
    return bytesOfHex(authorityMac(crypto, authority, statement))
  }

  #after(delayMs: number): void {
    if (this.#stopped) return
    this.#timer?.cancel()
    this.#timer = this.#deps.effects.clock.after(delayMs, () => {
      // One look at a time; it is what sets the timer again.
      if (!this.#isLooking) void this.#look()
    })
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const { random, log } = this.#deps.effects
    let delayMs = LOOK_EVERY_MS
    this.#isLooking = true
    try {
      const { rotation } = await this.#read()
      if (rotation !== undefined) {
        if (rotation.phase !== 'done') delayMs = LOOK_SOON_MS
        await this.#follow(rotation)
        await this.#report(rotation)
      }
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      // Once each: it is tried again twice a second.
      if (thrown.message !== this.#problem) {
        log.warn('authority could not be followed', { problem: thrown.message })
      }
      this.#problem = thrown.message
    }
    this.#isLooking = false
    this.#after(delayMs * (0.5 + random.fraction()))
  }

  /** Does what the phase asks for, and what an earlier one asked for where this member was away. */
  async #follow(rotation: Rotation): Promise<void> {
    const { papers, settled } = this.#deps
    const { certificatePem, phase } = rotation
    if (phase === 'done') {
      if (papers.isSignedBy(certificatePem) && papers.keepsFormer) {
        await papers.trustOnly(certificatePem)
        this.#tell(rotation)
        settled()
      }
      return
    }
    await papers.trust(certificatePem)
    if (phase === 'renewing') await this.#renew(rotation)
    this.#tell(rotation)
  }

  async #renew(rotation: Rotation): Promise<void> {
    const { papers, upkeep } = this.#deps
    if (papers.lacksAuthority) await upkeep.fetchAuthority()
    const { ring } = papers
    if (ring !== undefined && !this.#isOf(rotation, ring.authority)) {
      await papers.received(this.#opened(rotation, ring.authority))
    }
    if (papers.isSignedBy(rotation.certificatePem)) return
    await upkeep.renew()
    if (papers.isSignedBy(rotation.certificatePem)) return
    throw new AnilloError('ENROL_ELSEWHERE')
  }

  #isOf({ certificatePem }: Rotation, authority: KeyAndCertificate): boolean {
    const { crypto } = this.#deps.effects
    return crypto.fingerprint(certificatePem) === crypto.fingerprint(authority.certificatePem)
  }

  #opened(rotation: Rotation, held: KeyAndCertificate): KeyAndCertificate & { number: number } {
    const { certificatePem, number, sealedKey } = rotation
    const key = this.#sealingKey(held, number)
    const { cipher } = this.#deps.effects
    const opened = cipher.open(key, bytesOfHex(sealedKey), utf8(certificatePem))
    const privateKeyPem = opened === undefined ? undefined : tryText(opened)
    if (privateKeyPem !== undefined) return { certificatePem, privateKeyPem, number }
    const problem = 'the next authority’s key was sealed under another authority'
    throw new AnilloError('FORBIDDEN', { problem })
  }

  async #report({ number, phase }: Rotation): Promise<void> {
    for (let tries = 0; tries < WRITES_MAX && phase !== 'done'; tries++) {
      const { rotation, record } = await this.#read()
      if (rotation?.number !== number || rotation.phase !== phase) return
      // Read after the record: who is let in later is let in by members that have reported.
      const members = await this.#members()
      const told = reported(rotation, this.#deps.self, members)
      if (told === undefined || (await this.#write(told, record))) return
    }
  }

  async #read(): Promise<Read> {
    const key = { table: ROTATION_TABLE, pk: ROTATION_PK, sk: ROTATION_SK }
    const record = await this.#deps.store.get(key)
    const rotation = record === undefined ? undefined : readRotation(jsonOf(record.value))
    const isOurs = rotation?.ringId === this.#deps.papers.files.ringId
    return { record, rotation: isOurs ? rotation : undefined }
  }

  async #members(): Promise<readonly EnrolledMember[]> {
    const range = { table: RING_TABLE, pk: MEMBERS_PK, limit: ENROLLED_MAX }
    const records = await allOf(listed((after) => this.#deps.store.list({ ...range, ...after })))
    return records.flatMap(({ value }) => readMemberRow(jsonOf(value)) ?? [])
  }

  /** `false` where somebody else wrote it meanwhile. */
  async #write(rotation: Rotation, before: StoredRecord | undefined): Promise<boolean> {
    const { store } = this.#deps
    const { kind } = await store.transact({
      table: ROTATION_TABLE,
      pk: ROTATION_PK,
      conditions: [{ sk: ROTATION_SK, is: before?.etag ?? 'absent' }],
      writes: [{ kind: 'put', sk: ROTATION_SK, value: jsonBytes(rotation) }],
    })
    return kind === 'done'
  }

  #tell({ number, phase }: Rotation): void {
    const text = `${number} ${phase}`
    if (text === this.#told) return
    this.#told = text
    this.#deps.effects.log.info('authority rotates', { number, phase })
  }
}
