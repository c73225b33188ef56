import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import { SeededChance } from '../../../base/random.ts'
import { ANA, put, refuses } from '../files-kinds.test-helper.ts'
import type { Entry, Files, Once } from '../types.ts'
import { KEYS_A_DAY_MAX } from './limits.ts'
import { Dead, RepeatsWorld, type TestMember } from './repeats-world.test-helper.ts'
import type { RepeatAsk, RepeatedWork, ToldAnswer } from './types.ts'

const HOME = `/${'home'}/ana`
const TEXT = utf8('what is written')

interface Change {
  /** What is there before. */
  readonly before?: (files: Files) => Promise<unknown>
  readonly carryOut: (files: Files, once: Once) => Promise<Entry | void>
  /** Nothing of it is told. */
  readonly isSilent?: true
}

const a = `${HOME}/a`
const b = `${HOME}/b`

/** Each change that a door offers. */
const CHANGES: Readonly<Record<string, Change>> = {
  'a folder is made': { carryOut: (files, once) => files.makeFolder(ANA, a, { once }) },
  'a folder and those above it are made': {
    carryOut: (files, once) => files.makeFolder(ANA, `${a}/x/y`, { parents: true, once }),
  },
  'a file is renamed': {
    before: (files) => put(files, a),
    carryOut: (files, once) => files.move(ANA, a, b, { once }),
  },
  'a file takes the place of another': {
    before: async (files) => {
      await put(files, a)
      await put(files, b)
    },
    carryOut: (files, once) => files.move(ANA, a, b, { replace: true, once }),
  },
  'a file moves to another folder': {
    before: async (files) => {
      await files.makeFolder(ANA, b)
      await put(files, a)
    },
    carryOut: (files, once) => files.move(ANA, a, `${b}/a`, { once }),
  },
  'a folder moves to another folder': {
    before: async (files) => {
      await files.makeFolder(ANA, a)
      await files.makeFolder(ANA, b)
      await put(files, `${a}/x`)
    },
    carryOut: (files, once) => files.move(ANA, a, `${b}/a`, { once }),
  },
  'a file is copied': {
    before: (files) => put(files, a),
    carryOut: (files, once) => files.copy(ANA, a, b, { once }),
  },
  'a folder is copied': {
    before: async (files) => {
      await files.makeFolder(ANA, a)
      await put(files, `${a}/x`)
    },
    carryOut: (files, once) => files.copy(ANA, a, b, { once }),
  },
  'files become one': {
    before: async (files) => {
      await put(files, a)
      await put(files, b)
    },
    carryOut: (files, once) => files.combine(ANA, b, [a, a], { once }),
  },
  'a file is thrown away': {
    before: (files) => put(files, a),
    carryOut: (files, once) => files.remove(ANA, a, { once }),
    isSilent: true,
  },
  'an empty folder is removed': {
    before: (files) => files.makeFolder(ANA, a),
    carryOut: (files, once) => files.removeFolder(ANA, a, { once }),
  },
  'what was thrown away comes back': {
    before: async (files) => {
      await put(files, a)
      await files.remove(ANA, a)
      await put(files, a, 'in its place')
    },
    carryOut: async (files, once) => files.restore(ANA, await inTrash(files), { once }),
  },
  'a folder goes for good': {
    before: async (files) => {
      await files.makeFolder(ANA, a)
      await put(files, `${a}/x`)
      await files.remove(ANA, a)
    },
    carryOut: async (files, once) => files.removeTrashed(ANA, await inTrash(files), { once }),
  },
  'times are set': {
    before: (files) => put(files, a),
    carryOut: (files, once) => files.touch(ANA, a, { modifiedMs: 1_000 }, { once }),
  },
  'a version comes back': {
    before: async (files) => {
      await put(files, a, 'old')
      await put(files, a, 'new')
    },
    carryOut: async (files, once) => {
      const [oldest] = await files.versions(ANA, a)
      return files.restoreVersion(ANA, a, oldest?.number ?? 0, { once })
    },
  },
  'rights are given': {
    before: (files) => files.makeFolder(ANA, a),
    carryOut: (files, once) => files.setGrants(ANA, a, GRANTS, { once }),
  },
  'limits are set': {
    carryOut: async (files, once) => {
      const manager = { ...ANA, isManager: true }
      await files.setLimits(manager, 'ana', { filesMax: 7 }, { once })
    },
  },
  'a file is written': {
    before: (files) => put(files, a),
    carryOut: async (files, once) => {
      const upload = await files.write(ANA, a, { how: 'replace' })
      await upload.push(TEXT)
      return upload.commit({ once })
    },
  },
  'something is appended': {
    before: (files) => put(files, a),
    carryOut: async (files, once) => {
      const upload = await files.write(ANA, a, { how: 'append' })
      await upload.push(TEXT)
      return upload.commit({ once })
    },
  },
}

const GRANTS = { everyone: 'read', guests: 'nothing', people: {}, groups: {} } as const

/** The one that lay there before; what is staged there for a copy is no other. */
async function inTrash(files: Files): Promise<string> {
  return (await files.trash(ANA))[0]?.id ?? 'none'
}

const ASK: RepeatAsk = {
  nick: 'ana',
  retry: { key: sha256Hex('key'), request: sha256Hex('request') },
}

function workOf({ carryOut, isSilent }: Change, { files }: TestMember): RepeatedWork {
  const recalled = (entry: Entry | undefined): ToldAnswer =>
    entry === undefined || isSilent ? { status: 204 } : { status: 200, body: shown(entry) }
  return {
    carryOut: async (once) => recalled((await carryOut(files, once)) ?? undefined),
    recalled,
  }
}

function shown({ access, bytes, id, kind, name, path, sha256 = '' }: Entry): object {
  return { access, bytes, id, kind, name, path, sha256 }
}

/** Of what other runs of the same change tell alike. */
function alike({ body, status }: ToldAnswer): object {
  const { id: _, ...told } = (body ?? {}) as { readonly id?: string }
  return { status, told }
}

/**
 * All that Ana has, with versions and rights, and her trash but for copies that nobody finished.
 */
async function stateOf(files: Files): Promise<unknown> {
  const trash = await files.trash(ANA)
  const thrown = trash.filter(({ name }) => name !== 'b').map(({ from, kind }) => [from, kind])
  return { tree: await below(files, HOME), thrown }
}

async function below(files: Files, path: string): Promise<unknown[]> {
  const { entries } = await files.list(ANA, path)
  const told: unknown[] = []
  for (const { bytes, kind, modifiedMs, name, path: at, sha256 } of entries) {
    const isSet = modifiedMs === 1_000
    const rest =
      kind === 'folder'
        ? [await below(files, at), await files.grants(ANA, at)]
        : [bytes, sha256, (await files.versions(ANA, at)).length, isSet]
    told.push([name, kind, ...rest])
  }
  return told
}

async function worldBefore(change: Change, seed?: number): Promise<RepeatsWorld> {
  const world = new RepeatsWorld(seed)
  const { files } = world.member()
  await files.list(ANA, HOME)
  await files.trash(ANA)
  await change.before?.(files)
  return world
}

async function undisturbed(change: Change) {
  const world = await worldBefore(change)
  const member = world.member()
  const told = await member.repeats.run(ASK, workOf(change, member))
  return { told, state: await stateOf(world.member().files), steps: member.steps() }
}

for (const [name, change] of Object.entries(CHANGES)) {
  test(`${name} once, at whichever step a member dies that does it`, async () => {
    const { state, steps, told } = await undisturbed(change)
    assert.ok(steps >= 4, 'known, noted, carried out, kept')
    for (let step = 1; step <= steps; step++) {
      for (const isAfter of [false, true]) {
        const at = `${isAfter ? 'after' : 'before'} step ${step} of ${steps}`
        const world = await worldBefore(change)
        const first = world.member({ step, isAfter })
        const broken = first.repeats.run(ASK, workOf(change, first))
        // It dies with its last step, or what kept its answer was the last.
        await broken.catch((thrown: unknown) =>
          assert.ok(thrown instanceof Dead, `${at}: ${String(thrown)}`),
        )
        const second = world.member()
        const again = await second.repeats.run(ASK, workOf(change, second))
        assert.deepEqual(alike(again), alike(told), at)
        assert.deepEqual(await stateOf(second.files), state, at)
        const third = world.member()
        assert.deepEqual(await third.repeats.run(ASK, workOf(change, third)), again, at)
        assert.deepEqual(await stateOf(third.files), state, at)
      }
    }
  })
}

/** In which order their steps come, and who dies where. */
const ORDERS = 8

for (const [name, change] of Object.entries(CHANGES)) {
  test(`${name} once, though three members are asked at once and one dies`, async () => {
    const { state, steps, told } = await undisturbed(change)
    for (let seed = 1; seed <= ORDERS; seed++) {
      const world = await worldBefore(change, seed)
      const chance = new SeededChance(seed)
      const death = { step: 1 + chance.below(2 * steps), isAfter: chance.below(2) === 0 }
      const members = [world.member(), world.member(death), world.member()]
      const ran = members.map((member) => member.repeats.run(ASK, workOf(change, member)))
      const [one, , three] = await Promise.allSettled(ran)
      const answers = [one, three].map((each) => {
        if (each?.status === 'fulfilled') return each.value
        return isAnilloError(each?.reason, 'BUSY') ? undefined : assert.fail(String(each?.reason))
      })
      const later = world.member()
      answers.push(await later.repeats.run(ASK, workOf(change, later)))
      for (const answer of answers) {
        if (answer !== undefined) assert.deepEqual(alike(answer), alike(told), `seed ${seed}`)
      }
      assert.deepEqual(await stateOf(later.files), state, `seed ${seed}`)
    }
  })
}

/** A folder is to be made, as a door asks for it. */
function make(
  member: TestMember,
  ask: Partial<RepeatAsk> = {},
  path: string = a,
): Promise<ToldAnswer> {
  const change: Change = { carryOut: (files, once) => files.makeFolder(ANA, path, { once }) }
  return member.repeats.run({ ...ASK, ...ask }, workOf(change, member))
}

test('another request with the key is refused, and changes nothing', async () => {
  const world = new RepeatsWorld()
  await make(world.member())
  const other = { retry: { ...ASK.retry, request: sha256Hex('another') } }
  await refuses(make(world.member(), other, b), 'RETRY_MISMATCH')
  await refuses(world.member().files.stat(ANA, b), 'NO_ENTRY')
})

test('two requests at once with one key at one member: one is carried out, the other refused', async () => {
  const world = new RepeatsWorld()
  const member = world.member()
  const other = { retry: { ...ASK.retry, request: sha256Hex('another') } }
  const told = await Promise.allSettled([make(member), make(member, other)])
  assert.deepEqual(
    told.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
})

test('two that do what has no step tell one answer', async () => {
  for (let seed = 1; seed <= ORDERS; seed++) {
    const world = new RepeatsWorld(seed)
    let count = 0
    const carryOut = async (): Promise<ToldAnswer> => ({ status: 200, body: { count: ++count } })
    const ran = [world.member(), world.member()].map(({ repeats }) =>
      repeats.run(ASK, { carryOut, recalled: carryOut }),
    )
    const [one, two] = await Promise.all(ran)
    assert.deepEqual(one, two)
  }
})

test('a key is one account’s', async () => {
  const world = new RepeatsWorld()
  await make(world.member())
  await refuses(make(world.member(), { nick: 'ben' }), 'ENTRY_EXISTS')
})

test('a refusal stays one, also where the change would be possible by now', async () => {
  const world = new RepeatsWorld()
  const { files } = world.member()
  await put(files, a)
  await refuses(make(world.member()), 'ENTRY_EXISTS')
  await files.remove(ANA, a)
  await refuses(make(world.member()), 'ENTRY_EXISTS')
  await refuses(files.stat(ANA, a), 'NO_ENTRY')
})

test('for want of room it may be tried again', async () => {
  const world = new RepeatsWorld()
  const { files } = world.member()
  const manager = { ...ANA, isManager: true }
  await files.setLimits(manager, 'ana', { filesMax: 1 })
  await put(files, a)
  const member = world.member()
  const work = workOf({ carryOut: (at, once) => at.copy(ANA, a, b, { once }) }, member)
  await refuses(member.repeats.run(ASK, work), 'QUOTA_FILES_FULL')
  await files.setLimits(manager, 'ana', { filesMax: 2 })
  world.nowMs += HOUR_MS
  assert.equal((await member.repeats.run(ASK, work)).status, 200)
})

test('an answer is known for a day, and then its key is another change’s', async () => {
  const world = new RepeatsWorld()
  const { body } = await make(world.member())
  world.nowMs += DAY_MS - 1
  assert.deepEqual((await make(world.member())).body, body)
  const { files } = world.member()
  await files.removeFolder(ANA, a)
  world.nowMs += 2
  assert.notDeepEqual((await make(world.member())).body, body)
  assert.equal((await files.stat(ANA, a)).kind, 'folder')
})

test('a step that nobody came to hear of is forgotten before what it came to', async () => {
  const made = CHANGES['a folder is made'] as Change
  const { steps } = await undisturbed(made)
  const world = await worldBefore(made)
  // What keeps the answer is the last.
  await assert.rejects(make(world.member({ step: steps, isAfter: false })), Dead)
  world.nowMs += DAY_MS - HOUR_MS - MINUTE_MS
  assert.equal((await make(world.member())).status, 200)
})

test('bytes that come with a request are held against those of the first time', async () => {
  const world = new RepeatsWorld()
  const write = CHANGES['a file is written'] as Change
  const ran = (text: string): Promise<ToldAnswer> => {
    const member = world.member()
    const arrived = async (): Promise<string> => sha256Hex(text)
    return member.repeats.run({ ...ASK, arrived }, workOf(write, member))
  }
  const first = await ran('one')
  assert.deepEqual(await ran('one'), first)
  await refuses(ran('two'), 'RETRY_MISMATCH')
  assert.equal((await world.member().files.versions(ANA, a)).length, 0)
})

test('an account has so many keys a day', async () => {
  const world = new RepeatsWorld()
  await world.useKeys('ana', KEYS_A_DAY_MAX - 1)
  await make(world.member())
  const retry = { ...ASK.retry, key: sha256Hex('one too many') }
  await refuses(make(world.member(), { retry }, b), 'BUSY')
  world.nowMs += DAY_MS
  assert.equal((await make(world.member(), { retry }, b)).status, 200)
})
