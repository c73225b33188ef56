/**
 * One copy, as text or as source: strangers wrote it, and neither its scripts nor its marks count
 * on this page's origin.
 */
import { useState } from 'preact/hooks'

import { fileNameOf, type Copy } from '../../model/copies.ts'
import { readingOf } from '../../model/reading.ts'
import { decodeSource, isText, SOURCE_BYTES_MAX } from '../../model/source.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Confirm, Outcome } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { Tabs } from '../tabs.tsx'
import { useWords } from '../words.ts'

type View = 'text' | 'source'
const VIEWS: readonly View[] = ['text', 'source']

export function CopyView({ copy }: { readonly copy: Copy }) {
  const session = useSession()
  const words = useWords()
  const { bytes, minute, texts } = words
  const [view, setView] = useState<View>('text')
  const { isRunning, run, trouble } = useDoing<Done>()
  const body = useLoaded(() => session.copies.body(copy), copy.id)
  const remove = (): void =>
    run(async () => {
      await session.copies.remove([copy.id])
      session.go({ name: 'copies' })
      return undefined
    })
  return (
    <>
      <p class="quiet result__address">{copy.url}</p>
      <p class="result__meta">
        <span>{copy.status}</span>
        <span>{copy.contentType.split(';')[0]}</span>
        <span>{bytes(copy.bytes)}</span>
        <span>
          {texts.copies.got}: {minute(copy.fetchedAt)}
        </span>
        <span>
          {texts.copies.keptAt}: {minute(copy.keptAt)}
        </span>
      </p>
      <div class="actions">
        <button
          type="button"
          class="button button--small"
          aria-disabled={body.value === undefined}
          onClick={() => body.value !== undefined && saveFile(copy, body.value)}
        >
          {texts.copies.save}
        </button>
        <Confirm
          label={texts.copies.remove}
          question={texts.copies.removeSure}
          isSmall
          isRunning={isRunning}
          onConfirm={remove}
        />
      </div>
      <Outcome trouble={trouble ?? body.trouble} done={undefined} />
      {body.value !== undefined && (
        <Tabs
          label={texts.copies.tabs}
          tabs={VIEWS.map((id) => ({ id, label: texts.copies[id] }))}
          chosen={view}
          onChoose={setView}
        >
          <Lines key={view} copy={copy} body={body.value} view={view} />
        </Tabs>
      )}
    </>
  )
}

interface LinesProps {
  readonly copy: Copy
  readonly body: Uint8Array<ArrayBuffer>
  readonly view: View
}

function Lines({ body, copy, view }: LinesProps) {
  const { bytes, texts } = useWords()
  if (!isText(copy.contentType)) return <p class="note">{texts.copies.noText}</p>
  const shown = decodeSource(body.slice(0, SOURCE_BYTES_MAX), copy.charset)
  const lines = view === 'text' && isHtml(copy) ? readingIn(shown.lines.join('\n')) : shown.lines
  return (
    <div class="source">
      <div class="source__view" role="region" aria-label={texts.copies.textRegion} tabIndex={0}>
        {view === 'text' ? (
          <div class="copy__text">
            {lines.map((line, index) => (
              <p key={index}>{line}</p>
            ))}
          </div>
        ) : (
          <ol class="source__lines">
            {lines.map((line, index) => (
              <li key={index} class="source__line">
                {line}
              </li>
            ))}
          </ol>
        )}
      </div>
      {shown.shownBytes < copy.bytes && (
        <p class="note">{texts.result.cut(bytes(shown.shownBytes), bytes(copy.bytes))}</p>
      )}
    </div>
  )
}

function isHtml({ contentType }: Copy): boolean {
  return /^(text\/html|application\/xhtml\+xml)/i.test(contentType.trim())
}

/** A document that belongs to no window: nothing in it runs, and nothing is loaded for it. */
function readingIn(html: string): readonly string[] {
  return readingOf(new DOMParser().parseFromString(html, 'text/html').body)
}

/** As bytes of no kind: a browser that opened it by its kind would do so on this page's origin. */
function saveFile(copy: Copy, body: Uint8Array<ArrayBuffer>): void {
  const address = URL.createObjectURL(new Blob([body], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileNameOf(copy)
  link.click()
  URL.revokeObjectURL(address)
}
