/** Whose network is to fetch: names of members are for who may watch the ring alone. */
import { AnilloError } from '../../base/errors.ts'
import { refusalFor, type Asker } from '../../wire/demands.ts'

/** Whether a member, or a host of members, is called so. */
export type IsVantage = (name: string) => boolean

/**
 * Whoever may not hear names is refused before the name is looked at: the same for each name.
 * @throws AnilloError LOGIN_FIRST, PERMISSION_MISSING, VANTAGE_UNKNOWN
 */
export function admitVantage(
  vantage: string | undefined,
  {
    asker,
    isVantage,
  }: {
    readonly asker: Asker | undefined
    readonly isVantage?: IsVantage
  },
): void {
  if (vantage === undefined) return
  const refusal = refusalFor(asker, 'ring.watch')
  if (refusal !== undefined) throw refusal
  if (isVantage?.(vantage) !== true) throw new AnilloError('VANTAGE_UNKNOWN', { vantage })
}
