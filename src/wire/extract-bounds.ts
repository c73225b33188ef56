/** What may be asked of an extraction. Imports nothing: page and command line tell it to people. */

/** Of one page; and of one element of a list. */
export const EXTRACT_FIELDS_MAX = 50
export const EXTRACT_NAME_CHARS_MAX = 64
/** What browsers copy as the selector of one element has some hundred. */
export const EXTRACT_SELECTOR_CHARS_MAX = 500
export const EXTRACT_ATTRIBUTE_CHARS_MAX = 64
