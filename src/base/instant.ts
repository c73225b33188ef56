/** Instants as RFC 3339 and JSON have them, in UTC: `2026-01-31T12:00:00.000Z`. */

export function instant(ms: number): string {
  return new Date(ms).toISOString()
}
