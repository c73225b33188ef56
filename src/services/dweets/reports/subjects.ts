/** What a report is about: a dweet by its public id, or a person by their nick behind `@`. Pure. */
import { placeOfPublicId, type DweetPlace } from '../../../wire/dweet-ids.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { partitionOfNick, partitionOfPk } from '../places.ts'

export type Subject =
  | { readonly kind: 'dweet'; readonly name: string; readonly place: DweetPlace }
  | { readonly kind: 'person'; readonly name: string; readonly nick: string }

const PERSON = /^@([a-z0-9_]{1,30})$/
export const SUBJECT_PATTERN = '^(?:@[a-z0-9_]{1,30}|[1-9][0-9]{0,31})$'

export function subjectOf(name: string): Subject | undefined {
  const [, nick] = PERSON.exec(name) ?? []
  if (nick !== undefined) return { kind: 'person', name, nick }
  const place = placeOfPublicId(name)
  return place === undefined ? undefined : { kind: 'dweet', name, place }
}

/** Where its case is: with the rows of whom it is about. */
export function partitionOfSubject(subject: Subject): PartitionId {
  return subject.kind === 'person' ? partitionOfNick(subject.nick) : partitionOfPk(subject.place.pk)
}
