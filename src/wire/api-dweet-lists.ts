/**
 * The JSON of lists of people. A list is its owner's alone: all of these are about own ones, and of
 * another's is answered what is answered where there is none.
 *
 *     GET    /lists                         DweetListPage, in the order in which they were made
 *     POST   /lists                         NewDweetList -> 201 DweetList
 *     GET    /lists/{id}                    DweetList
 *     PATCH  /lists/{id}                    NewDweetList -> DweetList
 *     DELETE /lists/{id}                    204
 *     GET    /lists/{id}/people?...         PeoplePage, by nick
 *     PUT|DELETE /lists/{id}/people/{nick}  DweetList
 *     GET    /lists/{id}/dweets?...         PublicationPage, newest first
 *     GET    /users/{nick}/lists            DweetListPage: those in which somebody is
 */
import { Type, type Static } from 'typebox'

import { LIST_NAME_CHARS_MAX, LIST_PEOPLE_MAX } from './dweet-limits.ts'

const Text = Type.String()
/** Longer than any, so that one that is too long is told the bound. */
const GIVEN = 16

export const NewDweetList = Type.Object(
  { name: Type.String({ maxLength: GIVEN * LIST_NAME_CHARS_MAX }) },
  { additionalProperties: false },
)
export type NewDweetList = Static<typeof NewDweetList>

export const DweetList = Type.Object({
  id: Text,
  name: Text,
  people: Type.Integer({ minimum: 0, maximum: LIST_PEOPLE_MAX }),
  createdAt: Type.String({ format: 'date-time' }),
})
export type DweetList = Static<typeof DweetList>

/** All that there are: a person has few. */
export const DweetListPage = Type.Object({ items: Type.Array(DweetList) })
export type DweetListPage = Static<typeof DweetListPage>
