/** A refusal as it is kept with a download. Pure. */
import type { AnilloError } from '../../../base/errors.ts'

export interface KeptProblem {
  code: string
  details: Record<string, string | number>
}

export function problemOf({ code, details }: AnilloError): KeptProblem {
  const plain = Object.entries(details).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [],
  )
  return { code, details: Object.fromEntries(plain) }
}
