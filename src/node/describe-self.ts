/** A member as it tells others of itself (`GET /v1/ring`, `member.describe`). */
import { instant } from '../base/instant.ts'
import type { FoundBrowser } from '../effects/browser.ts'
import type { Place } from '../overlay/start-overlay.ts'
import type { PageService } from '../services/scrape/pages/page-service.ts'
import type { Member, MemberRef } from '../wire/api.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { MemberParts } from './member-parts.ts'

export interface SelfParts {
  readonly parts: MemberParts
  readonly self: MemberRef
  readonly startedAt: string
  readonly place: Place
  /** Absent while the member starts. */
  readonly enrolment?: Pick<Enrolment, 'admitsLocalUntilMs'>
  /** Absent while the member starts. */
  readonly pages?: Pick<PageService, 'counts' | 'load'>
  /** Absent: it has none, or has not looked yet. */
  readonly browser?: FoundBrowser | undefined
}

const NO_COUNTS = { pages: 0, ownPages: 0, pageBytes: 0 }
const NO_LOAD = { downloads: 0, downloadsMax: 0, busy: false }

export function describeSelf(own: SelfParts): Member {
  const { parts, self, startedAt, place, pages } = own
  const { identity } = parts.files
  const { id, name, address, position } = self
  return {
    id,
    name,
    address,
    position,
    ...(parts.beyond?.() ?? onLoopback(parts)),
    state: 'up',
    leads: 0,
    roles: [...identity.roles],
    host: identity.hostLabel,
    version: parts.version,
    startedAt,
    ...admission(own.enrolment?.admitsLocalUntilMs()),
    ...place,
    ...(pages?.counts() ?? NO_COUNTS),
    load: pages?.load() ?? NO_LOAD,
    ...(own.browser === undefined ? {} : { browser: own.browser.name }),
  }
}

/** What that is to whoever asks is told where it is asked (src/gateways/rest/ring.ts). */
function onLoopback({
  ftpScheme,
  ports,
}: MemberParts): Pick<Member, 'url' | 'replayUrl' | 'shareUrl' | 'ftp'> {
  const { ftp, http, replay, share } = ports
  return {
    url: `http://localhost:${http}`,
    replayUrl: `http://localhost:${replay}`,
    shareUrl: `http://localhost:${share}`,
    ftp: `${ftpScheme}://localhost:${ftp}`,
  }
}

function admission(untilMs: number | undefined): Pick<Member, 'admitsLocalUntil'> {
  return untilMs === undefined ? {} : { admitsLocalUntil: instant(untilMs) }
}
