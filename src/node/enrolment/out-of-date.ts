/**
 * What a member may ask of others whose certificate is out of date (architecture 7): to renew it,
 * and what keeps the ring together, so that one that slept all summer starts. What the store and
 * services keep it is not told, and it is handed no papers but its own certificate. Notices, those
 * of consensus among them, are heard from all that are enrolled.
 */
import { renewCertificate } from '../../wire/enrolment.ts'
import { groupStanding, snapshotBlock, snapshotOffer } from '../../wire/group-methods.ts'
import { describeMember } from '../../wire/members.ts'
import { askRing } from '../../wire/ring.ts'
import { askPlace, describeLed, fetchRoster } from '../../wire/roster.ts'

const OPEN = new Set(
  [
    renewCertificate,
    askRing,
    describeMember,
    fetchRoster,
    askPlace,
    describeLed,
    groupStanding,
    snapshotOffer,
    snapshotBlock,
  ].map(({ name }) => name),
)

export function mayAskOutOfDate(method: string): boolean {
  return OPEN.has(method)
}
