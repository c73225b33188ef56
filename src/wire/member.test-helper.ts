/** A member as `/v1/ring` tells it, for trials of what reads one. */
import type { Member, MemberRef } from './api.ts'

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
    startedAt: '',
    predecessor: null,
    successors: [],
    fingers: [],
    pages: 0,
    ownPages: 0,
    pageBytes: 0,
    load: { downloads: 0, downloadsMax: 0, busy: false },
  }
}
