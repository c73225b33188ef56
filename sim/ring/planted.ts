/** The bugs that the simulation of the ring is held to (planting.ts). */
import { huntWith, type Catch } from '../planting.ts'

export interface PlantedBug {
  readonly name: string
  readonly description: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 200

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'join-without-list',
    description: 'a join that takes the successor but not its list',
    file: 'src/ring/join.ts',
    find: 'adopt(next, head, list.slice(1))',
    replace: 'adopt(next, head, [])',
  },
  {
    name: 'predecessor-not-between',
    description: 'a predecessor adopted though it does not lie between and the old one lives',
    file: 'src/ring/rectify.ts',
    find: "ask(known, { kind: 'ping' }, { kind: 'rectify', asked: old, candidate: notifier })",
    replace: 'takePredecessor(known, notifier)',
  },
  {
    name: 'dead-head-kept',
    description: 'a dead head kept',
    file: 'src/ring/stabilise.ts',
    find: 'const successors = state.successors.slice(1)',
    replace: 'const successors = state.successors',
  },
  {
    name: 'list-not-cut',
    description: 'the list not cut to its length',
    file: 'src/ring/stabilise.ts',
    find: 'return successors.slice(0, state.successorsMax)',
    replace: 'return successors',
  },
  {
    name: 'dead-list-adopted',
    description: "a list adopted from a dead successor's last answer",
    file: 'src/ring/join.ts',
    find: 'return andThen(passHead(state), (next) => {',
    replace:
      'if (heir !== undefined && !isSelf(state, heir))\n' +
      '    return adopt(state, heir, heirs.slice(1))\n' +
      '  return andThen(passHead(state), (next) => {',
  },
  {
    name: 'wrap-wrong-end',
    description: 'the wrap-around interval closed at the wrong end',
    file: 'src/ring/arc.ts',
    find: 'return after < position || position <= upTo',
    replace: 'return after <= position || position < upTo',
  },
  {
    name: 'no-merge-probe',
    description: 'no merge probe after a split',
    file: 'src/ring/ring.ts',
    find: 'return probe(state, event.draw)',
    replace: 'return nothing(state)',
  },
  {
    name: 'founds-when-alone',
    description: 'a member that founds a ring when it finds nobody',
    file: 'src/ring/boot.ts',
    find: "return [{ kind: 'waiting', facts, rounds }, { kind: 'wait' }]",
    replace: "return [{ kind: 'done' }, { kind: 'found' }]",
  },
  {
    name: 'foreign-frame-accepted',
    description: 'a frame of another ring accepted',
    file: 'src/ring/ring.ts',
    find: 'if (ringId !== state.ringId) {',
    replace: 'if (false) {',
  },
  {
    name: 'look-up-ends-at-finger',
    description: 'a look-up that ends at a finger instead of the owner',
    file: 'src/ring/lookup.ts',
    find: 'if (next !== undefined && isCloser) return askCandidate(state, next)',
    replace:
      "if (isCloser && state.request.target === 'owner') return endAt(state, next)\n" +
      '  if (next !== undefined && isCloser) return askCandidate(state, next)',
  },
]

/** Plants one bug in a copy and runs the seeds there. */
export async function huntPlanted(
  { name, file, find, replace }: PlantedBug,
  seedsMax: number = PLANTED_SEEDS_MAX,
): Promise<Catch> {
  const hunt = { script: 'sim/ring/hunt.ts', seedsMax }
  return huntWith({ name, replacements: [{ file, find, replace }] }, hunt)
}
