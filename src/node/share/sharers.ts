/** What accounts may do with shares as of now, whoever asks; and what is noted of it. */
import { standingOf, stateOf } from '../../services/accounts/standing.ts'
import type { FileActs } from '../../services/files/acts/acts.ts'
import type { ShareParts } from '../../services/share/parts.ts'
import type { RecordStore } from '../../store/store.ts'

export function sharersOf(
  records: Pick<RecordStore, 'get' | 'list'>,
  acts: Pick<FileActs, 'note'>,
): Pick<ShareParts, 'standing' | 'note'> {
  return {
    async standing(nick) {
      const now = await standingOf(records, nick)
      if (now === undefined) {
        return { kind: (await stateOf(records, nick)) === 'suspended' ? 'suspended' : 'gone' }
      }
      if (!now.permissions.has('shares.write')) return { kind: 'forbidden' }
      const { groups, permissions } = now
      return { kind: 'active', who: { nick, groups, isManager: permissions.has('files.manage') } }
    },
    note: ({ door, nick }, act) =>
      acts.note({
        ...act,
        by: nick ?? null,
        door: door?.name ?? 'ring',
        ...(door?.address === undefined ? {} : { address: door.address }),
      }),
  }
}
