/** JSON on one line that a terminal shows as it is, whoever wrote the texts in it. Pure. */

/** `JSON.stringify` leaves these: delete, C1 controls, separators, what turns the direction. */
const STEERING = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

export function jsonOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(STEERING, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
