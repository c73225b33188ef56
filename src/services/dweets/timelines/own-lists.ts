/**
 * Short lists of what somebody has, kept by this member as it reads them (store/kept-ranges.ts).
 */
import { KeptRanges, type KeptRange } from '../../../store/kept-ranges.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { Store } from '../../../store/types.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ownPrefix, type OwnKind } from '../places.ts'
import { OWN_ROWS_MAX } from './limits.ts'

export type OwnRows = KeptRange<StoredRecord>

export class OwnLists {
  readonly #kept: KeptRanges<StoredRecord>

  constructor(store: Pick<Store, 'read'>) {
    this.#kept = new KeptRanges({ store, rowOf: (record) => record, rowsMax: OWN_ROWS_MAX })
  }

  /** So many of the last at least, where there are. @throws AnilloError STORE_UNAVAILABLE */
  of(nick: string, kind: OwnKind, last: number): Promise<OwnRows> {
    const [pk, prefix] = [userPk(nick), ownPrefix(nick, kind)]
    return this.#kept.of({ table: USERS_TABLE, pk, prefix, last })
  }
}
