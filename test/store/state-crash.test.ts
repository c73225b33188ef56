/**
 * A member's state against a model, killed and cut from power at random moments. The model keeps
 * for each group all that it ever was, in order; what a crash leaves must be one of these, not
 * before what was told to be durable, its mark and its rows together.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { compareBytes, utf8 } from '../../src/base/bytes.ts'
import { pick, SeededChance } from '../../src/base/random.ts'
import type { DatabaseWrite, ScanOptions } from '../../src/effects/database.ts'
import type { MemberState, SnapshotBlock, SnapshotSink } from '../../src/store/state/types.ts'
import { partitionIdOf, type PartitionId } from '../../src/wire/partition.ts'
import type { SnapshotOffer } from '../../src/wire/raft.ts'
import { CONFIGURATION, markAt, shown, StateRig } from './state.test-helper.ts'

const SEEDS = Array.from({ length: 400 }, (_, at) => at + 1)
const GROUPS = [0, 7, 63].map(partitionIdOf)
const KEYS = ['', 'a', 'aa', 'ab', 'b', 'ba', 'c', '\u00ff', '\u00ffz', 'zz']
const ACTIONS_MAX = 60
const LIVES = 4

type RowsByKey = ReadonlyMap<string, string>

/** What a group may be found as; `undefined`: not there. */
type Moment = { readonly index: number; readonly rows: RowsByKey } | undefined

const NOTHING: RowsByKey = new Map()

class GroupModel {
  /** In order; the last is what is applied. */
  moments: Moment[] = [undefined]
  /** Nothing before this one may be found after a crash. */
  floor = 0
  /** Log indexes are never used twice. */
  index = 0
  /** A drop or an installation is under way. */
  isBusy = false
  /** Counts those. */
  turns = 0

  get now(): Moment {
    return this.moments.at(-1)
  }
}

interface Taking {
  readonly sink: SnapshotSink
  readonly blocks: readonly SnapshotBlock[]
  readonly offer: SnapshotOffer
  readonly rows: RowsByKey
}

/** How often each thing was done over all seeds: a test that does nothing proves nothing. */
const counts = new Map<string, number>()

function count(what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}

class Trial {
  readonly #rig: StateRig
  readonly #chance: SeededChance
  readonly #models = new Map(GROUPS.map((group) => [group, new GroupModel()]))
  readonly #takings = new Map<PartitionId, Taking>()
  #state: MemberState

  constructor(rig: StateRig, chance: SeededChance, state: MemberState) {
    this.#rig = rig
    this.#chance = chance
    this.#state = state
  }

  async live(): Promise<void> {
    const actions = this.#chance.below(ACTIONS_MAX)
    for (let at = 0; at < actions; at++) {
      await this.#act()
      if (this.#chance.below(3) === 0) await this.#rig.world.pass(this.#chance.below(150))
    }
    // Stop inside of whatever is under way.
    await this.#rig.world.pass(this.#chance.below(8) / 4)
  }

  async crash(): Promise<void> {
    const how = this.#chance.below(2) === 0 ? 'kill' : 'power'
    count(how)
    this.#state = await this.#rig.crash(how)
    this.#takings.clear()
    for (const [group, model] of this.#models) this.#recovered(group, model, how)
  }

  #recovered(group: PartitionId, model: GroupModel, how: 'kill' | 'power'): void {
    const found = this.#state.groups.get(group)
    const rows = found === undefined ? '' : shown(found)
    const at = model.moments.findLastIndex((moment, place) => {
      if (place < model.floor || found === undefined || moment === undefined) {
        return place >= model.floor && found === moment
      }
      return moment.index === found.mark.applied.index && textOf(moment.rows, {}) === rows
    })
    assert.ok(at >= 0, `group ${group}: ${String(found?.mark.applied.index)} ${rows} never was`)
    if (at < model.moments.length - 1) count('forgotten')
    model.moments = model.moments.slice(0, at + 1)
    if (how === 'power') model.floor = at
    model.isBusy = false
  }

  async #act(): Promise<void> {
    const group = pick(this.#chance, GROUPS)
    const model = present(this.#models.get(group), 'model')
    if (model.isBusy) return
    const action = this.#chance.below(20)
    if (action === 0) void this.#checkpoint()
    else if (action === 1) await this.#rig.done(this.#checkpoint())
    else if (action === 2) this.#drop(group, model)
    else if (action < 5) await this.#snapshot(group, model)
    else if (model.now === undefined) this.#create(group, model)
    else if (action < 9) this.#read(group, model)
    else this.#commit(group, model)
  }

  #create(group: PartitionId, model: GroupModel): void {
    count('create')
    this.#state.create(group)
    model.moments.push({ index: 0, rows: NOTHING })
  }

  #commit(group: PartitionId, model: GroupModel): void {
    count('commit')
    const rows = new Map(model.now?.rows)
    const writes = Array.from({ length: this.#chance.below(5) }, () => this.#write(rows))
    model.index++
    present(this.#state.groups.get(group), 'group').commit(writes, markAt(model.index))
    model.moments.push({ index: model.index, rows })
  }

  #write(rows: Map<string, string>): DatabaseWrite {
    const key = pick(this.#chance, KEYS)
    const kind = this.#chance.below(8)
    if (kind === 0) {
      const to = pick(this.#chance, KEYS)
      for (const each of rows.keys()) if (isWithin(each, key, to)) rows.delete(each)
      return { kind: 'deleteRange', from: utf8(key), to: utf8(to) }
    }
    if (kind < 3) {
      rows.delete(key)
      return { kind: 'delete', key: utf8(key) }
    }
    const value = String(this.#chance.below(1_000))
    rows.set(key, value)
    return { kind: 'put', key: utf8(key), value: utf8(value) }
  }

  #read(group: PartitionId, model: GroupModel): void {
    count('read')
    const state = present(this.#state.groups.get(group), 'group')
    const rows = model.now?.rows ?? NOTHING
    for (const key of KEYS) {
      const value = rows.get(key)
      assert.deepEqual(state.get(utf8(key)), value === undefined ? undefined : utf8(value))
    }
    const chosen = (): boolean => this.#chance.below(2) === 0
    const options: ScanOptions = {
      ...(chosen() ? { from: utf8(pick(this.#chance, KEYS)) } : {}),
      ...(chosen() ? { to: utf8(pick(this.#chance, KEYS)) } : {}),
      ...(chosen() ? { limit: this.#chance.below(6) } : {}),
      reverse: chosen(),
    }
    assert.equal(shown(state, options), textOf(rows, options))
  }

  #checkpoint(): Promise<void> {
    const before = [...this.#models].map(([group, model]) => {
      const { isBusy, turns, moments } = model
      return { group, model, isBusy, turns, place: moments.length - 1 }
    })
    return this.#state.checkpoint().then((points) => {
      count('checkpoint')
      for (const { group, model, isBusy, turns, place } of before) {
        // What a drop or an installation leaves is told by these themselves.
        if (isBusy || model.turns !== turns) continue
        const moment = model.moments[place]
        if (moment === undefined) continue
        assert.ok((points.get(group)?.applied.index ?? -1) >= moment.index)
        model.floor = Math.max(model.floor, place)
      }
    })
  }

  #drop(group: PartitionId, model: GroupModel): void {
    if (model.now === undefined) return
    model.isBusy = true
    model.turns++
    model.moments.push(undefined)
    this.#takings.delete(group)
    const place = model.moments.length - 1
    void this.#state.drop(group).then(() => {
      count('drop')
      model.floor = place
      model.isBusy = false
    })
  }

  /** Begins one, takes a block of it, or installs it. */
  async #snapshot(group: PartitionId, model: GroupModel): Promise<void> {
    const taking = this.#takings.get(group)
    if (taking === undefined) return this.#beginTaking(group, model)
    const { sink, blocks, offer, rows } = taking
    if (offer.point.index < (model.now?.index ?? 0)) {
      this.#takings.delete(group)
      count('abandon')
      return this.#rig.done(sink.abandon())
    }
    const block = blocks[sink.nextBlock]
    if (block !== undefined) return this.#rig.done(sink.take(block))
    this.#takings.delete(group)
    model.isBusy = true
    model.turns++
    model.moments.push({ index: offer.point.index, rows })
    const place = model.moments.length - 1
    void sink.install().then(() => {
      count('install')
      model.floor = place
      model.isBusy = false
    })
  }

  /** From another member, which is ahead. */
  async #beginTaking(group: PartitionId, model: GroupModel): Promise<void> {
    const donor = new StateRig(this.#chance.below(1_000))
    const state = await donor.open()
    const rows = new Map<string, string>()
    const writes = Array.from({ length: 6 }, () => this.#write(rows))
    model.index += 3
    const mark = markAt(model.index)
    state.create(group).commit(writes, mark)
    const source = await donor.done(state.snapshot(group))
    const blocks: SnapshotBlock[] = [source.block(0)]
    source.close()
    const offer = { point: mark.applied, configuration: CONFIGURATION }
    const sink = await this.#rig.done(this.#state.sink(group, offer))
    this.#takings.set(group, { sink, blocks, offer, rows })
  }
}

function isWithin(key: string, from: string, to: string | undefined): boolean {
  if (compareBytes(utf8(key), utf8(from)) < 0) return false
  return to === undefined || compareBytes(utf8(key), utf8(to)) < 0
}

function textOf(rows: RowsByKey, options: ScanOptions): string {
  const text = new TextDecoder()
  const from = options.from === undefined ? '' : text.decode(options.from)
  const to = options.to === undefined ? undefined : text.decode(options.to)
  const inside = [...rows]
    .filter(([key]) => isWithin(key, from, to))
    .toSorted(([a], [b]) => compareBytes(utf8(a), utf8(b)))
  if (options.reverse === true) inside.reverse()
  return inside
    .slice(0, options.limit ?? inside.length)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}

test('after any crash each group is what it was at some mark, not before what was durable', async () => {
  for (const seed of SEEDS) {
    const rig = new StateRig(seed)
    const trial = new Trial(rig, new SeededChance(seed), await rig.open())
    try {
      for (let life = 0; life < LIVES; life++) {
        await trial.live()
        await trial.crash()
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
    assert.deepEqual(rig.failures, [])
  }
  const all = ['abandon', 'checkpoint', 'commit', 'create', 'drop', 'forgotten', 'install', 'kill']
  for (const what of [...all, 'power', 'read']) {
    assert.ok((counts.get(what) ?? 0) > 20, `${what}: ${String(counts.get(what))}`)
  }
})
