/** The supervisor's doings in words, for the person in front of it. */
import { unreachable } from '../../base/assert.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Saying } from './state.ts'

export function sayingText(saying: Saying): string {
  switch (saying.kind) {
    case 'memberReady':
      return `${saying.name} is ready (${seconds(saying.tookMs)})`
    case 'waits':
      return waitsText(saying)
    case 'died':
      return `${saying.name} died (${saying.how}); starting it again ${again(saying.againMs)}`
    case 'lost':
      return `${saying.name} died (${saying.how}); left dead, as --no-restart says`
    case 'gaveUp':
      return `${saying.name} is gone (${saying.how}); its data is kept for the next start`
    case 'hangs':
      return `${saying.name} has not answered for ${seconds(saying.silentMs)}; killing it`
    case 'adding':
      return `all members are busy; adding ${saying.name}`
    case 'draining':
      return `${saying.name} has had nothing to do for ${seconds(saying.idleMs)}; it hands over and goes`
    case 'removed':
      return `${saying.name} was removed from the ring`
    case 'retired':
      return `${saying.name} has gone`
    case 'stopping':
      return saying.members === 1
        ? 'stopping 1 member; again to kill it'
        : `stopping ${saying.members} members; again to kill them`
    case 'killing':
      return `killing ${saying.names.join(', ')}`
    default:
      return unreachable(saying)
  }
}

function waitsText({ name, groups, sinceMs }: Extract<Saying, { kind: 'waits' }>): string {
  const partitions = groups === 1 ? '1 partition lacks' : `${groups} partitions lack`
  const why = `${partitions} a leader or a copy`
  return `${name} is not ready after ${seconds(sinceMs)}: ${why}; “npx anillo status” tells more`
}

function again(againMs: number): string {
  return againMs === 0 ? 'at once' : `in ${seconds(againMs)}`
}

function seconds(durationMs: number): string {
  const value = durationMs / SECOND_MS
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`
}
