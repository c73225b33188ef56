/** How much of what one may store is stored, and where else it is found. */
import { useEffect } from 'preact/hooks'

import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { useLoaded } from '../hooks.ts'
import { useFileWords } from './file-words.ts'

/** @param renewed asked for again when it changes */
export function Quota({ renewed }: { readonly renewed: unknown }) {
  const session = useSession()
  const door = useCell(session.door)
  const { files } = filesOf(session)
  const { bytes, number, texts } = useFileWords()
  const words = texts.quota
  const { again, value } = useLoaded(() => files.quota(), '')
  useEffect(() => {
    if (renewed !== undefined) again()
  }, [renewed])
  if (value === undefined) return null
  const { bytesMax, files: count, filesMax } = value
  // What is promised to uploads is no room either.
  const used = value.bytes + value.claimedBytes
  return (
    <div class="quota">
      {bytesMax !== undefined && (
        <meter
          class="quota__meter"
          aria-label={words.label}
          min={0}
          max={Math.max(1, bytesMax)}
          high={0.9 * bytesMax}
          value={used}
        />
      )}
      <p class="quiet">
        {bytesMax === undefined
          ? words.used(bytes(used))
          : words.usedOf({ used: bytes(used), most: bytes(bytesMax) })}
        {' · '}
        {filesMax === undefined
          ? words.files(number(count), count === 1)
          : words.filesOf({ count: number(count), most: number(filesMax) })}
      </p>
      <p class="quiet">
        {words.drive} <code>{`${door}/dav/`}</code>
      </p>
    </div>
  )
}
