/** Pages of an archive that somebody has as a file. */
import { useId, useRef, useState } from 'preact/hooks'

import type { ImportResult } from '../../../../src/wire/api-archives.ts'
import { formatSeconds } from '../../model/format.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Card, Form, Outcome, Submit } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'

interface Sent {
  readonly bytes: number
  readonly size: number
  readonly sinceMs: number
}

export function ImportCard({ onAdded }: { readonly onAdded: () => void }) {
  const { archive } = useSession()
  const { texts } = useWords()
  const words = texts.archive.import
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [sent, setSent] = useState<Sent | undefined>(undefined)
  const [result, setResult] = useState<ImportResult | undefined>(undefined)
  const [isEmpty, setIsEmpty] = useState(false)
  const { isRunning, trouble, run } = useDoing<Done>()
  const submit = (): void => {
    const file = input.current?.files?.[0]
    setIsEmpty(file === undefined)
    if (file === undefined) return
    run(async () => {
      const start = { size: file.size, sinceMs: performance.now() }
      setResult(undefined)
      setSent({ ...start, bytes: 0 })
      try {
        setResult(await archive.import(file, (bytes) => setSent({ ...start, bytes })))
        onAdded()
      } finally {
        setSent(undefined)
      }
      return undefined
    })
  }
  const kept = trouble?.details['pages']
  return (
    <Card title={words.title}>
      <Form label={words.title} onSubmit={submit}>
        <div class="labelled">
          <label class="label" for={id}>
            {words.file}
          </label>
          <input
            ref={input}
            id={id}
            class="field"
            type="file"
            name="archive"
            accept=".warc,.gz"
            aria-describedby={`${id}-hint`}
            aria-invalid={isEmpty}
          />
          <p id={`${id}-hint`} class="labelled__hint">
            {words.hint}
          </p>
        </div>
        <div class="actions">
          <Submit label={words.submit} isRunning={isRunning} />
        </div>
      </Form>
      {sent !== undefined && <Sending sent={sent} />}
      <div role="status">
        {isEmpty && <p class="outcome--trouble">{words.empty}</p>}
        {result !== undefined && <p class="outcome--done">{resultText(result, words)}</p>}
        {typeof kept === 'number' && kept > 0 && <p>{words.before(kept)}</p>}
      </div>
      <Outcome trouble={trouble} done={undefined} />
    </Card>
  )
}

function Sending({ sent }: { readonly sent: Sent }) {
  const { texts, bytes } = useWords()
  const words = texts.archive.import
  const passedMs = performance.now() - sent.sinceMs
  const leftMs = sent.bytes === 0 ? 0 : (passedMs * (sent.size - sent.bytes)) / sent.bytes
  return (
    <div class="crawl__progress">
      <progress
        class="bar"
        max={Math.max(1, sent.size)}
        value={sent.bytes}
        aria-label={words.title}
      />
      <p class="crawl__facts">
        <span>{words.sending({ sent: bytes(sent.bytes), size: bytes(sent.size) })}</span>
        {sent.bytes === sent.size && <span>{words.keeping}</span>}
        {leftMs > 0 && (
          <strong class="crawl__left">
            {words.left(formatSeconds(Math.ceil(leftMs / 1_000)))}
          </strong>
        )}
      </p>
    </div>
  )
}

function resultText(
  { pages, refused, same }: ImportResult,
  words: ReturnType<typeof useWords>['texts']['archive']['import'],
): string {
  const count = Object.values(refused).reduce((sum, each) => sum + each, 0)
  const left = count === 0 ? '' : ` ${words.refused(count)}`
  return words.result({ pages, same }) + left
}
