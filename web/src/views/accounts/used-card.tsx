/** How much of what one may keep is used, over all services. */
import { useMemo } from 'preact/hooks'

import type { FileQuota } from '../../../../src/wire/api-files.ts'
import { sound } from '../../api/answers.ts'
import { useSession } from '../../state/session.ts'
import { useLoaded } from '../hooks.ts'
import { useOneRingWords } from '../one-ring/one-ring-words.ts'
import { Card, LoadTrouble } from './parts.tsx'

const QUOTA = { bytes: 'number', files: 'number', claimedBytes: 'number' }

export function UsedCard() {
  const { client } = useSession()
  const words = useOneRingWords()
  const ask = useMemo(
    () => async () => sound<FileQuota>(await client.json({ path: '/v1/quota' }), QUOTA),
    [],
  )
  const { again, trouble, value } = useLoaded(ask, '')
  // What is promised to uploads is no room either.
  const used = (value?.bytes ?? 0) + (value?.claimedBytes ?? 0)
  const most = value?.bytesMax
  if (words === undefined) return null
  const { bytes, number } = words
  const texts = words.own.used
  return (
    <Card title={texts.title}>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      <meter
        class="used__meter"
        aria-label={texts.title}
        min={0}
        max={Math.max(1, most ?? used)}
        high={0.9 * (most ?? Infinity)}
        value={most === undefined ? 0 : used}
      />
      <p>
        {value !== undefined &&
          (most === undefined ? texts.noLimit(bytes(used)) : texts.of(bytes(used), bytes(most)))}
        {value !== undefined && ` · ${texts.files(number(value.files))}`}
      </p>
      <p class="quiet">{texts.counts}</p>
    </Card>
  )
}
