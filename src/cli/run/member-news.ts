/** Lines of a member's log that concern the person in front of it, in plain words. */
import type { LogFields } from '../../effects/log.ts'

/** `undefined` for what only the log keeps. */
export function memberNewsText(event: string, fields: LogFields): string | undefined {
  const text = (name: string): string => {
    const value = fields[name]
    return typeof value === 'string' ? value : 'unknown'
  }
  switch (event) {
    case 'joined':
      return `${text('name')} has its place on the ring`
    case 'waits':
      return 'waiting until all partitions have their copies; “npx anillo status” tells more'
    case 'newcomer enrolled':
      return `${text('name')} at ${text('host')} was let into the ring`
    case 'authority’s key received':
      return 'this member can let others in too'
    case 'this member cannot be discovered':
      return `“npx anillo join --discover” does not find this member: ${text('problem')}`
    case 'papers could not be renewed':
      return `the certificate could not be renewed and is tried again: ${text('problem')}`
    case 'clients come by':
      return `clients of other machines come by ${text('url')} (authority ${text('authority')})`
    case 'the door for clients is not as it should be':
      return `the door for clients of other machines: ${text('problem')}`
    case 'the certificate of the door is for other names':
      return `the given certificate is not for ${text('not')}: clients will refuse it`
    default:
      return undefined
  }
}
