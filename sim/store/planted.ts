/** The bugs that the simulation of the store is held to (planting.ts). */
import { huntWith, type Catch, type Replacement } from '../planting.ts'
import type { StoreRunOptions } from './run.ts'

export interface PlantedBug {
  readonly name: string
  readonly description: string
  readonly replacements: readonly Replacement[]
  /** The program that hunts it, where whole stores have not what it is about. */
  readonly script?: string
  /** Runs that expose it sooner than those of every day; the same ones, unplanted, must hold. */
  readonly mix?: StoreRunOptions
}

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 1_000

/** One text of one file. */
function bug(
  about: Omit<PlantedBug, 'replacements'>,
  ...replacements: readonly Replacement[]
): PlantedBug {
  return { ...about, replacements }
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  bug(
    { name: 'ack-before-fsync', description: 'acknowledge before fsync' },
    {
      file: 'src/store/log/segment-files.ts',
      find: 'await active.file.writeSynced(active.endBytes, batch)',
      replace: 'await active.file.write(active.endBytes, batch)',
    },
  ),
  bug(
    { name: 'ack-at-two', description: 'acknowledge at two of five' },
    {
      file: 'src/consensus/leader-log.ts',
      find: 'const index = reachedByMajority(configuration, (voter) =>\n    voter === self ? leader.saved : (leader.progress.get(voter)?.match ?? 0),\n  )',
      replace:
        'const index =\n' +
        '    configuration.voters\n' +
        '      .map((voter) => (voter === self ? leader.saved : (leader.progress.get(voter)?.match ?? 0)))\n' +
        '      .sort((a, b) => b - a)[Math.min(1, configuration.voters.length - 1)] ?? 0',
    },
  ),
  bug(
    { name: 'vote-forgotten', description: 'forget a vote over a restart' },
    {
      file: 'src/consensus/core.ts',
      find: 'this.#term = isBehind ? this.log.lastTerm : hardState.term\n    this.#vote = isBehind ? undefined : hardState.vote',
      replace: 'this.#term = this.log.lastTerm\n    this.#vote = undefined',
    },
  ),
  bug(
    { name: 'vote-lost-term-kept', description: 'keep a term but not its vote' },
    {
      file: 'src/consensus/core.ts',
      find: 'this.#vote = isBehind ? undefined : hardState.vote',
      replace: 'this.#vote = undefined',
    },
  ),
  bug(
    { name: 'old-term-counted', description: "commit an old term's entry by counting" },
    {
      file: 'src/consensus/leader-log.ts',
      find: 'if (index <= before || log.termAt(index) !== core.term) return',
      replace: 'if (index <= before) return',
    },
  ),
  bug(
    { name: 'read-unconfirmed', description: 'read without confirming leadership' },
    {
      file: 'src/consensus/reads.ts',
      find: 'if (batch.round > round) break',
      replace: 'if (batch.round > round + Infinity) break',
    },
  ),
  bug(
    {
      name: 'read-too-early',
      description: 'read at a new leader before its first entry',
      mix: { weights: { transfer: 60, slowDisk: 10 }, faultEveryMs: 4_000, lengthMs: 300_000 },
    },
    {
      file: 'src/consensus/reads.ts',
      find: 'if (leader.reads.length === 0 || !isReady(core, leader)) return',
      replace: 'if (leader.reads.length === 0) return',
    },
    {
      file: 'src/consensus/reads.ts',
      find: 'const index = Math.max(core.commit, leader.termStart)',
      replace: 'const index = core.commit',
    },
  ),
  bug(
    {
      name: 'stale-confirmation',
      description: 'a confirmation from before the read arrived',
    },
    {
      file: 'src/consensus/reads.ts',
      find: 'const round = core.beats.lastRound + 1',
      replace: 'const round = core.beats.lastRound',
    },
  ),
  bug(
    { name: 'founds-on-demand', description: 'found a group on demand' },
    {
      file: 'src/store/group/replicas.ts',
      find: 'const restored = { ...EMPTY_RESTORED, hardState }',
      replace:
        'const configuration = { voters: [this.#core.options.self], learners: [] }\n' +
        '    const restored = { ...EMPTY_RESTORED, hardState, configuration }',
    },
  ),
  bug(
    { name: 'identity-kept', description: 'keep the old identity after a wipe' },
    {
      file: 'sim/store/stores.ts',
      find: "    this.lost.add(seat.id)\n    this.#enrol(seat, 'gone')\n    seat.id = this.#newId()\n",
      replace: '',
    },
  ),
  bug(
    {
      name: 'joint-left-early',
      description: 'leave the old configuration before the joint one is committed',
    },
    {
      file: 'src/consensus/membership.ts',
      find: 'if (currentIndex > core.commit || !isReady(core, leader)) return',
      replace:
        'if (!isReady(core, leader) || (currentIndex > core.commit && !isJoint(configuration))) return',
    },
  ),
  bug(
    { name: 'learner-counts', description: 'let a learner vote' },
    {
      file: 'src/consensus/quorum.ts',
      find: '{ voters, outgoing }: Configuration,\n  reached: (voter: MemberId) => number,\n): number {\n  const incoming = reachedByMost(voters, reached)',
      replace:
        '{ voters, learners, outgoing }: Configuration,\n  reached: (voter: MemberId) => number,\n): number {\n' +
        '  const all = [...voters, ...learners].map(reached).sort((a, b) => b - a)\n' +
        '  const incoming = all[Math.floor(voters.length / 2)] ?? 0',
    },
  ),
  bug(
    { name: 'two-changes', description: 'two configuration changes in flight' },
    {
      file: 'src/consensus/membership.ts',
      find: 'return currentIndex > commit || (current !== undefined && isJoint(current))',
      replace: 'return currentIndex > commit + Infinity && current !== undefined',
    },
  ),
  bug(
    { name: 'outbox-dropped', description: 'drop outbox messages on leader change' },
    {
      file: 'src/store/group/pump.ts',
      find: 'if (held.isLeader) this.sent(held, held.partition.destinations())',
      replace:
        'if (held.isLeader && held.term === 0) this.sent(held, held.partition.destinations())',
    },
  ),
  bug(
    { name: 'message-twice', description: 'take a message twice after a snapshot' },
    {
      file: 'src/store/state/snapshot-source.ts',
      find: 'entries.push(entry)',
      replace: 'if (entry.key[0] !== 6) entries.push(entry)',
    },
  ),
  bug(
    { name: 'retry-applied', description: 'apply a retried request twice' },
    {
      file: 'src/store/partition/entry.ts',
      find: 'const isKept = kept !== undefined && kept.expiresAtMs > this.meta.timeMs',
      replace: 'const isKept = kept !== undefined && kept.expiresAtMs < this.meta.timeMs',
    },
  ),
  bug(
    {
      name: 'etag-from-one',
      description: 'an ETag that counts from one again after a delete',
    },
    {
      file: 'src/store/partition/work.ts',
      find: '    this.#takeAway(key)\n    const rowKey = this.#lastRowKey\n    const etag = { generation: this.generation, index: this.index }',
      replace:
        '    const older = this.#takeAway(key)\n    const rowKey = this.#lastRowKey\n' +
        '    const olderIndex = older === undefined ? 0 : readRecord(key.sk, older).etag.index\n' +
        '    const etag = { generation: this.generation, index: olderIndex + 1 }',
    },
  ),
  bug(
    { name: 'vote-segment-deleted', description: 'delete a segment that still holds a vote' },
    {
      file: 'src/store/log/image.ts',
      find: "yield { kind: 'hardState', group, hardState }",
      replace: "if (entries.length > 0) yield { kind: 'hardState', group, hardState }",
    },
  ),
  bug(
    {
      name: 'chunk-collected',
      description: 'collect a chunk whose reference is on its way',
      script: 'sim/chunks/hunt.ts',
    },
    {
      file: 'src/store/chunks/upkeep.ts',
      find: 'records.call(partition, uploadSettle, { upload, hash })',
      replace: 'records.call(partitionOfHash(hash), chunkUnpin, { upload, hash })',
    },
    {
      file: 'src/store/chunks/upkeep.ts',
      find: "import { chunkCollect, uploadSettle } from './procedures.ts'",
      replace: "import { chunkCollect, chunkUnpin, uploadSettle } from './procedures.ts'",
    },
  ),
  bug(
    {
      name: 'past-alarm-late',
      description: 'call an alarm late that was armed for a time long past',
    },
    {
      file: 'src/store/group/alarm.ts',
      find: 'const dueMs = Math.max(atMs, nowMs)',
      replace: 'const dueMs = atMs',
    },
  ),
  bug(
    {
      name: 'unchanged-after-restart',
      description: 'tell that nothing changed while the member was away',
    },
    {
      file: 'src/store/partition/watches.ts',
      find: 'this.#othersChangedAt = appliedIndex',
      replace: 'this.#othersChangedAt = appliedIndex * 0',
    },
  ),
  bug(
    { name: 'torn-batch-whole', description: 'restore a torn batch as whole' },
    {
      file: 'src/store/log/segment.ts',
      find: 'return payload === undefined ? undefined : { payload, end }',
      replace:
        'return { payload: payload ?? bytes.slice(offset + BATCH_HEADER_BYTES + 12, end - 16), end }',
    },
  ),
]

/** Plants one bug in a copy and runs the seeds there. */
export async function huntPlanted(
  { mix = {}, script = 'sim/store/hunt.ts', ...bug }: PlantedBug,
  { seedsMax = PLANTED_SEEDS_MAX, onTried }: HuntOptions = {},
): Promise<Catch> {
  const hunt = { script, args: [JSON.stringify(mix)], seedsMax }
  return huntWith(bug, onTried === undefined ? hunt : { ...hunt, onTried })
}

export interface HuntOptions {
  readonly seedsMax?: number
  readonly onTried?: (seed: number) => void
}
