/**
 * A folder of backups keeps what earlier ones copied. Where a part of those turns out damaged, the
 * ring has it still: it is copied anew, so that the backup that is taken is whole.
 */
import { isAnilloError } from '../../base/errors.ts'

/** Each costs another run; a folder with more of them is for a person to look at. */
export const MENDED_MAX = 64

const MENDABLE = /^(?:partitions|chunks)\//

/**
 * Runs it again as long as it finds one more part damaged, which `run` must then not rely on.
 * @throws AnilloError what `run` throws; BACKUP_DAMAGED of a part that was copied anew already
 */
export async function mending<T>(
  run: (doubted: ReadonlySet<string>) => Promise<T>,
  tell: (part: string) => void,
): Promise<T> {
  const doubted = new Set<string>()
  for (;;) {
    try {
      return await run(doubted)
    } catch (thrown) {
      const part = damagedPart(thrown)
      if (part === undefined || doubted.has(part) || doubted.size >= MENDED_MAX) throw thrown
      tell(part)
      doubted.add(part)
    }
  }
}

function damagedPart(thrown: unknown): string | undefined {
  if (!isAnilloError(thrown, 'BACKUP_DAMAGED')) return undefined
  const { part } = thrown.details
  return typeof part === 'string' && MENDABLE.test(part) ? part : undefined
}
