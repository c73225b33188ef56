/** The console's machine, driven by hand. */
import assert from 'node:assert/strict'

import type { Dweet } from '../../wire/api-dweets.ts'
import { NOTHING_KEPT, withRecords, type KeptRecord } from './kept.ts'
import type { Answer, Refusal, Request } from './requests.ts'
import { initialState, type ConsoleEvent, type ConsoleState, type Effect } from './state.ts'
import { step } from './step.ts'

process.env['TZ'] = 'UTC'

export const NOW_MS = Date.parse('2026-11-21T14:02:00.000Z')
export const HOUR_MS = 3_600_000

/** A machine that a test drives by hand: what it has done since the last look. */
export function machine(records: readonly KeptRecord[] = []) {
  let state: ConsoleState = initialState('en', { columns: 80, rows: 24, isTerminal: true })
  let nowMs = NOW_MS
  let keys = 0
  const effects: Effect[] = []
  let last: Extract<Effect, { kind: 'request' }> | undefined
  const take = (event: ConsoleEvent): void => {
    const [next, done] = step(state, event, { nowMs, key: `k${++keys}` })
    state = next
    effects.push(...done)
    const requests = done.filter((one) => one.kind === 'request')
    last = requests.findLast(({ request }) => !isCount(request)) ?? last
  }
  const asked = () => last ?? assert.fail('nothing was asked')
  take({ kind: 'started', account: { nick: 'ana' } })
  take({ kind: 'opened', kept: withRecords(NOTHING_KEPT, records) })
  return {
    take,
    type: (line: string) => take({ kind: 'typed', line }),
    pass: (ms: number) => (nowMs += ms),
    get state() {
      return state
    },
    asked,
    answer(value: unknown, { no, request } = asked()) {
      take({ kind: 'answered', no, answer: { kind: request.kind, request, value } as Answer })
    },
    refuse(refusal: Refusal, { no, request } = asked()) {
      take({ kind: 'refused', no, request, refusal })
    },
    /** What was done, printed lines as one text. */
    seen() {
      const all = effects.splice(0)
      const printed = all.flatMap((one) => (one.kind === 'print' ? one.lines : []))
      return { text: printed.join('\n'), kinds: all.map(({ kind }) => kind), all }
    },
  }
}

/** Of what came before the console was opened: asked once, beside all else. */
function isCount(request: Request): boolean {
  return request.kind === 'notifications' && request.isProbe === true
}

export const AWAY: Refusal = {
  code: 'RING_NOT_REACHABLE',
  details: {},
  text: 'no',
  isPassing: true,
}
export const BUSY: Refusal = {
  code: 'BUSY',
  details: {},
  text: 'Too much is under way.',
  isPassing: true,
}
export const NOTHING_NEW = { dweets: [], unseen: 0, token: 't', incomplete: [] }

export function dweet(id: string, text: string, more: Partial<Dweet> = {}): Dweet {
  return {
    kind: 'dweet',
    id,
    author: { nick: 'ben', name: 'Ben' },
    createdAt: '2026-11-21T14:00:00.000Z',
    text,
    visibility: 'public',
    mentions: [],
    tags: [],
    replies: 0,
    redweets: 0,
    likes: 0,
    mine: { liked: false, redweeted: false, bookmarked: false },
    ...more,
  }
}

export function requestsOf(all: readonly Effect[]): readonly Request[] {
  return all.flatMap((one) =>
    one.kind === 'request' && !isCount(one.request) ? [one.request] : [],
  )
}
