import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { DAY_MS } from '../../../base/limits.ts'
import { pick } from '../../../base/random.ts'
import { appendContent } from '../contents/procedures.ts'
import { partitionOfContent } from '../contents/rows.ts'
import type { FileUser, Grants } from '../types.ts'
import { Following } from './following.ts'
import { Shares } from './shares.ts'
import { Sharing } from './sharing.ts'
import { Trash } from './trash.ts'
import { TreeAudit } from './tree-audit.test-helper.ts'
import { sweepPartition } from './tree-sweeper.ts'
import { TreeWorld, type Caller } from './tree-world.test-helper.ts'

const NICKS = ['ana', 'ben']
const CALLERS = 4
const RUNS = 12
const STEPS = 3_000
const NAMES = ['a', 'b', 'c']
const TOKENS = 4
/** Of one account, with versions and what lies in its trash. */
const BYTES_MAX = 16
/** Wherever it is moved, it is for its owner alone. */
const HIDDEN: Grants = {
  everyone: 'nothing',
  guests: 'nothing',
  people: { ben: 'own' },
  groups: {},
}
const SHARED: readonly { readonly grants: Grants | undefined }[] = [
  { grants: undefined },
  { grants: { ...HIDDEN, people: { ana: 'own', ben: 'read' } } },
  { grants: { ...HIDDEN, everyone: 'write' } },
]

/** Callers that do what chance says, all at once, and die in the middle. */
class Crowd {
  readonly world: TreeWorld
  readonly audit: TreeAudit
  readonly #callers = new Set<Caller>()
  /** They have done something, and know the ways of that. */
  readonly #idle: Caller[] = []
  readonly contents: string[] = []
  /** Files that are moved and never removed for good or replaced. */
  readonly tokens: string[] = []
  /** By the id of the token that each leads to. */
  readonly handles = new Map<string, string>()
  ended = 0
  followed = 0
  refused = new Map<string, number>()

  constructor(seed: number) {
    this.world = new TreeWorld(seed)
    this.audit = new TreeAudit(this.world, NICKS)
  }

  get #chance() {
    return this.world.chance
  }

  async start(): Promise<void> {
    const { tree } = this.world.caller()
    for (const nick of NICKS) await this.world.run(tree.list(user(nick), '/.trash'))
    for (const name of NAMES) {
      await this.world.run(tree.makeFolder(user('ana'), `/shared/${name}`))
    }
    for (let count = 0; count < TOKENS; count++) {
      const path = `/shared/${pick(this.#chance, NAMES)}/token${count}`
      const { id } = await this.world.run(this.#put(this.world.caller(), user('ben'), path))
      this.tokens.push(id)
      const { handle } = await this.world.run(new Following(tree).follow(user('ben'), path))
      this.handles.set(id, handle)
      const given = { path, grants: HIDDEN }
      await this.world.run(new Sharing(tree).setGrants({ ...user('boss'), isManager: true }, given))
    }
    await this.world.run(tree.quotas.setLimits('ana', { bytesMax: BYTES_MAX }))
  }

  async step(): Promise<void> {
    while (this.#callers.size < CALLERS) this.#begin()
    if (this.#chance.below(60) === 0) {
      const caller = pick(this.#chance, [...this.#callers])
      caller.isDead = true
      this.#callers.delete(caller)
    }
    if (this.#chance.below(4) === 0) this.world.timeMs += this.#chance.below(500)
    await this.world.step()
    const seen = this.audit.check()
    for (const id of this.tokens) {
      const { row } = present(seen.get(id), 'T1: a file is nowhere')
      assert.deepEqual(row.grants, HIDDEN, 'a file has its grants wherever it is')
    }
    const promised = this.audit.promised('ana')
    assert.ok(promised <= BYTES_MAX, `T7: ${promised} bytes are there, or promised`)
  }

  async stop(): Promise<void> {
    for (const caller of this.#callers) caller.isDead = true
    await this.world.settle()
    // What the dead left is found by who leads the partitions.
    this.world.timeMs += DAY_MS + 1
    const { tree } = this.world.caller()
    const shares = new Shares(tree, new Following(tree))
    const parts = { rows: tree.rows, trash: new Trash(tree), shares }
    for (const partition of this.world.machines.keys()) {
      await this.world.run(sweepPartition(parts, partition, new AbortController().signal))
    }
    for (const machine of this.world.machines.values()) {
      machine.timeMs = this.world.timeMs
      machine.apply({ kind: 'expire' })
    }
    await this.world.settle()
  }

  #begin(): void {
    const caller = this.#idle.shift() ?? this.world.caller()
    this.#callers.add(caller)
    const work = this.#act(caller).then(
      () => {
        this.ended++
      },
      (thrown: unknown) => {
        if (!isAnilloError(thrown)) throw thrown
        this.refused.set(thrown.code, (this.refused.get(thrown.code) ?? 0) + 1)
      },
    )
    work
      .finally(() => {
        this.#callers.delete(caller)
        if (!caller.isDead) this.#idle.push(caller)
      })
      .catch((thrown: unknown) => {
        this.world.failed = new Error('a caller', { cause: thrown })
      })
  }

  async #act(caller: Caller): Promise<void> {
    const who = user(pick(this.#chance, NICKS))
    const { tree } = caller
    switch (this.#chance.below(13)) {
      case 0:
        await tree.makeFolder(who, this.#path())
        return
      case 1:
        return tree.removeFolder(who, this.#path())
      case 2:
        await this.#put(caller, who, this.#path())
        return
      case 3:
        return this.#away(caller, who)
      case 4: {
        const trash = new Trash(tree)
        const all = await trash.list(who)
        if (all.length > 0) await trash.restore(who, pick(this.#chance, all).id)
        return
      }
      case 5: {
        const { entries } = await tree.list(who, this.#path())
        const isHidden = who.nick !== 'ben' && entries.some(({ id }) => this.tokens.includes(id))
        assert.ok(!isHidden, 'nobody is told of what they may not see')
        return
      }
      case 6: {
        const given = { path: this.#path(), ...pick(this.#chance, SHARED) }
        return new Sharing(tree).setGrants({ ...who, isManager: true }, given)
      }
      case 7:
        return this.#followed(caller)
      case 8: {
        const path = this.#path()
        const { versions } = await tree.versions(who, path)
        const [oldest] = versions
        if (oldest !== undefined) {
          await tree.restoreVersion(who, { path, version: oldest.number })
        }
        return
      }
      default: {
        const replace = this.#chance.below(2) === 0
        await this.#move(caller, who, replace)
      }
    }
  }

  /** Where it is now, or nowhere for somebody who may not see it. */
  async #followed({ tree }: Caller): Promise<void> {
    const [id, handle] = pick(this.#chance, [...this.handles])
    const following = new Following(tree)
    await assert.rejects(following.followed(user('ana'), handle), (thrown) => {
      return isAnilloError(thrown, 'NO_ENTRY') || isAnilloError(thrown, 'BUSY')
    })
    const entry = await following.followed(user('ben'), handle)
    assert.equal(entry.id, id, 'a handle leads to its file')
    this.followed++
  }

  async #move({ tree }: Caller, who: FileUser, replace: boolean): Promise<void> {
    const [folder, other] = [this.#folder(), this.#folder()]
    const { entries } = await tree.list(who, folder)
    if (entries.length === 0) return
    const { kind, name } = pick(this.#chance, entries)
    const isToken = name.startsWith('token')
    const as = isToken || kind === 'folder' ? name : pick(this.#chance, NAMES)
    const to = `${other}/${as}`
    await tree.move(who, { from: `${folder}/${name}`, to, replace: replace && !isToken })
  }

  /** Into the trash; not for good, as tokens lie there. */
  async #away({ tree }: Caller, who: FileUser): Promise<void> {
    await new Trash(tree).remove(who, this.#path())
  }

  async #put({ tree }: Caller, who: FileUser, path: string) {
    const target = await tree.target(who, path)
    const bytes = this.#chance.below(9)
    const sha256 = sha256Hex(String(bytes))
    const by = who.nick ?? ''
    if (this.#chance.below(2) === 0) {
      return tree.put(target, { by, bytes, sha256, body: new Uint8Array(bytes) })
    }
    const content = this.#content()
    this.contents.push(content)
    const input = { content, at: 0, upload: content, chunks: [], nick: by, seal: sha256 }
    await tree.rows.store.call(partitionOfContent(content), appendContent, input)
    return tree.put(target, { by, bytes, sha256, content })
  }

  #content(): string {
    return sha256Hex(String(this.#chance.u32())).slice(0, 32)
  }

  #folder(): string {
    const names = Array.from({ length: this.#chance.below(3) }, () => pick(this.#chance, NAMES))
    return ['/shared', ...names].join('/')
  }

  #path(): string {
    return `${this.#folder()}/${pick(this.#chance, NAMES)}`
  }
}

function user(nick: string): FileUser {
  return { nick, isManager: false, mayWrite: true, groups: [] }
}

test('whatever is done at once, and whoever dies, each entry is at one place, and all is tidy after', async () => {
  const refused = new Map<string, number>()
  let [ended, followed] = [0, 0]
  for (let seed = 1; seed <= RUNS; seed++) {
    const crowd = new Crowd(seed)
    try {
      await crowd.start()
      for (let steps = 0; steps < STEPS; steps++) await crowd.step()
      await crowd.stop()
      crowd.audit.checkQuiet(crowd.contents)
      crowd.audit.checkFollowed(crowd.handles)
    } catch (thrown) {
      throw new Error(`seed ${seed}`, { cause: thrown })
    }
    ended += crowd.ended
    followed += crowd.followed
    for (const [code, count] of crowd.refused) refused.set(code, (refused.get(code) ?? 0) + count)
  }
  assert.ok(ended > RUNS * 20, `${ended} operations`)
  assert.ok(followed > RUNS, `${followed} files were followed`)
  assert.ok(present(refused.get('MOVE_INTO_ITSELF'), 'moves into itself') > 0)
  assert.ok(present(refused.get('QUOTA_FULL'), 'what did not fit') > 0)
})
