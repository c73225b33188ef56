/** Whose network fetches a page: a member, or any of a host of members, by name. */
import { Type } from 'typebox'

/** Longer than any name of a member or a host. */
const VANTAGE_CHARS_MAX = 300

export const Vantage = Type.String({ minLength: 1, maxLength: VANTAGE_CHARS_MAX })
