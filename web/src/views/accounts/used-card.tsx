/** How much of what one may keep is used, over all services. */
import { useMemo } from 'preact/hooks'

import type { FileQuota } from '../../../../src/wire/api-files.ts'
import { sound } from '../../api/answers.ts'
import { useSession } from '../../state/session.ts'
import { useLoaded } from '../hooks.ts'
import { useOneRingWords } from '../one-ring/one-ring-words.ts'
import { Card, LoadTrouble } from './parts.tsx'

const SERVICES = ['files', 'dweets', 'shares'] as const
const QUOTA = { bytes: 'number', files: 'number', claimedBytes: 'number', services: 'object' }

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
  const { bytes } = words
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
      </p>
      {value !== undefined && <ByService quota={value} />}
      {value !== undefined && value.claimedBytes > 0 && (
        <p class="quiet">{texts.uploads(bytes(value.claimedBytes))}</p>
      )}
      <p class="quiet">{texts.counts}</p>
    </Card>
  )
}

function ByService({ quota }: { readonly quota: FileQuota }) {
  const words = useOneRingWords()
  if (words === undefined) return null
  const { bytes, number } = words
  const texts = words.own.used
  return (
    <table class="table">
      <caption class="unseen">{texts.table}</caption>
      <thead>
        <tr>
          <th scope="col">{texts.service}</th>
          <th scope="col" class="number">
            {texts.bytes}
          </th>
          <th scope="col" class="number">
            {texts.pieces}
          </th>
        </tr>
      </thead>
      <tbody>
        {SERVICES.map((name) => (
          <tr key={name}>
            <th scope="row" class="used__service">
              {texts.services[name]}
            </th>
            <td class="number">{bytes(quota.services[name].bytes)}</td>
            <td class="number">{number(quota.services[name].files)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
