/** A member as `/v1/ring` tells it, for trials of what reads one. */
import type { Enrolled, Member, MemberRef } from './api.ts'

/** Alone, up, and without anything. */
export function memberAt(place: MemberRef): Member {
  return {
    ...place,
    url: '',
    ftp: null,
    replayUrl: '',
    state: 'up',
    leads: 0,
    roles: [],
    host: '',
    version: '',
    startedAt: '2026-11-21T00:00:00.000Z',
    predecessor: null,
    successors: [],
    fingers: [],
    pages: 0,
    ownPages: 0,
    pageBytes: 0,
    load: { downloads: 0, downloadsMax: 0, busy: false },
  }
}

/** As the ring's list of members has it: active, up, and without anything. */
export function enrolledAs(name: string, more: Partial<Enrolled> = {}): Enrolled {
  return {
    id: `${name}-id`,
    name,
    address: `${name}:1`,
    host: name,
    roles: ['tweeter'],
    state: 'active',
    isLeaving: false,
    isUp: true,
    holds: 0,
    ...more,
  }
}
