/**
 * The table of simulations that `npx anillo sim NAME` runs. Each is loaded when it is asked for.
 */
import type { Scenario } from './scenario.ts'

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'ring',
    description: 'the ring machines, with every fault; --planted all, --numbers, --small 7',
    load: async () => (await import('./ring/scenario.ts')).runRingScenario,
  },
  {
    name: 'kademlia',
    description:
      'nodes of the open network, a fifth hostile; --planted all, --numbers lookups --nodes 10000',
    load: async () => (await import('./kademlia/scenario.ts')).runKademliaScenario,
  },
  {
    name: 'store',
    description: 'whole stores under faults and load; --planted all, --shrink, --groups 64',
    load: async () => (await import('./store/scenario.ts')).runStoreScenario,
    spread: { completeSeeds: 200 },
  },
  {
    name: 'chunks',
    description: 'files of chunks under faults: what a record refers to is there',
    load: async () => (await import('./chunks/scenario.ts')).runChunksScenario,
  },
  {
    name: 'accounts',
    description:
      'accounts under faults: a nick has one winner, log-out counts at each member; --planted all',
    load: async () => (await import('./accounts/scenario.ts')).runAccountsScenario,
  },
  {
    name: 'files',
    description:
      'files over whole members under faults: read as written, at one place; --planted all',
    load: async () => (await import('./files/scenario.ts')).runFilesScenario,
  },
  {
    name: 'dweets',
    description:
      'the microblog over whole members under faults: each dweet once, unseen first; --planted all',
    load: async () => (await import('./dweets/scenario.ts')).runDweetsScenario,
  },
  {
    name: 'coordinator',
    description: 'elections, leases and scheduled tasks under faults; --planted all',
    load: async () => (await import('./coordinator/scenario.ts')).runCoordinatorScenario,
  },
  {
    name: 'calls',
    description: 'members call one another under faults of machines, links and clocks',
    load: async () => (await import('./calls/calls.ts')).run,
  },
  {
    name: 'members',
    description: 'whole members: deaths, hangs, partitions; the ring heals, pages come once',
    load: async () => (await import('./members/members.ts')).run,
  },
  {
    name: 'crawl',
    description: 'crawls over whole members under faults: no page lost, none twice; --planted all',
    load: async () => (await import('./crawls/scenario.ts')).runCrawlScenario,
  },
  {
    name: 'schedules',
    description:
      'crawls on a schedule under faults: each time begins one, its webhook is told; --planted all',
    load: async () => (await import('./schedules/scenario.ts')).runSchedulesScenario,
  },
]
