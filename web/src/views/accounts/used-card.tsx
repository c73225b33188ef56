/** How much of what one may keep is used, over all services. */
import { useMemo } from 'preact/hooks'

import type { FileQuota } from '../../../../src/wire/api-files.ts'
import { sound } from '../../api/answers.ts'
import { useSession } from '../../state/session.ts'
import { useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Card, LoadTrouble } from './parts.tsx'

const QUOTA = { bytes: 'number', files: 'number', claimedBytes: 'number' }

export function UsedCard() {
  const { client } = useSession()
  const { bytes, number, texts } = useWords()
  const words = texts.accounts.used
  const ask = useMemo(
    () => async () => sound<FileQuota>(await client.json({ path: '/v1/quota' }), QUOTA),
    [],
  )
  const { again, trouble, value } = useLoaded(ask, '')
  // What is promised to uploads is no room either.
  const used = (value?.bytes ?? 0) + (value?.claimedBytes ?? 0)
  const most = value?.bytesMax
  return (
    <Card title={words.title}>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      <meter
        class="used__meter"
        aria-label={words.title}
        min={0}
        max={Math.max(1, most ?? used)}
        high={0.9 * (most ?? Infinity)}
        value={most === undefined ? 0 : used}
      />
      <p>
        {value !== undefined &&
          (most === undefined ? words.noLimit(bytes(used)) : words.of(bytes(used), bytes(most)))}
        {value !== undefined && ` · ${words.files(number(value.files))}`}
      </p>
      <p class="quiet">{words.counts}</p>
    </Card>
  )
}
