/** A page as a browser drew it, or how to have it drawn. */
import { useId, useState } from 'preact/hooks'

import type { Render } from '../../../src/wire/api-render.ts'
import { readPage } from '../api/read.ts'
import { decodeSource, SOURCE_BYTES_MAX, takeBytes } from '../model/source.ts'
import { canRender, type Page } from '../model/told.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import type { Trouble } from '../texts/texts.ts'
import { FreshLink } from './fresh-link.tsx'
import { useLoaded } from './hooks.ts'
import { useWords } from './words.ts'

function pathOf({ id, since, fetchedAt }: Page): string {
  return `/v1/pages/${id}?at=${encodeURIComponent(since ?? fetchedAt)}`
}

interface RenderViewProps {
  readonly page: Page
  /** Why it could not be drawn just now. */
  readonly trouble: Trouble | undefined
}

export function RenderView({ page: told, trouble }: RenderViewProps) {
  const { client } = useSession()
  const words = useWords()
  // What an answer to a plain question does not tell may be there all the same.
  const { value } = useLoaded(
    async (): Promise<Page | undefined> => {
      return told.render === undefined ? readPage(await client.json({ path: pathOf(told) })) : told
    },
    `${told.id} ${told.fetchedAt} ${told.render?.at ?? ''}`,
  )
  const page = value ?? told
  const { render } = page
  return (
    <div class="render">
      {trouble !== undefined && (
        <p class="note note--trouble" role="alert">
          {words.trouble(trouble)}
        </p>
      )}
      {render === undefined ? (
        <Undrawn page={page} />
      ) : (
        <Drawn key={render.at} page={page} render={render} />
      )}
    </div>
  )
}

function Undrawn({ page }: { readonly page: Page }) {
  const { texts } = useWords()
  return (
    <>
      <p>{texts.renders.none}</p>
      <div class="actions">
        <AskButton page={page} label={texts.renders.ask} />
      </div>
    </>
  )
}

function AskButton({ page, label }: { readonly page: Page; readonly label: string }) {
  const session = useSession()
  const { texts } = useWords()
  const id = useId()
  const isAble = canRender(useCell(session.ring))
  const anew = page.render !== undefined
  return (
    <>
      <button
        type="button"
        class="button button--small"
        disabled={!isAble}
        aria-describedby={isAble ? undefined : id}
        onClick={() => session.open(page.url, { render: true, anew })}
      >
        {label}
      </button>
      {!isAble && (
        <span id={id} class="quiet">
          {texts.renders.nobody}
        </span>
      )}
    </>
  )
}

interface DrawnProps {
  readonly page: Page
  readonly render: Render
}

function Drawn({ page, render }: DrawnProps) {
  const session = useSession()
  const { texts, duration, instant } = useWords()
  const words = texts.renders
  const { at, browser, durationMs, isSettled } = render
  const from = `${session.client.door}/v1/pages/${page.id}`
  return (
    <>
      <Painted page={page} render={render} />
      <p class="quiet">
        {words.told({ at: instant(at), browser, duration: duration(durationMs) })}{' '}
        {words.asked(render)} {!isSettled && words.unsettled}
      </p>
      <div class="actions">
        <AskButton page={page} label={words.again} />
        {render.screenshot !== null && (
          <FreshLink class="button button--small" href={`${from}/screenshot`} isDownload>
            {words.save}
          </FreshLink>
        )}
        <FreshLink class="button button--small" href={`${from}/rendered`} isDownload>
          {words.saveDocument}
        </FreshLink>
      </div>
      <Refusals render={render} />
      <Document page={page} render={render} />
    </>
  )
}

function Painted({ page, render }: DrawnProps) {
  const { client } = useSession()
  const words = useWords()
  const { renders } = words.texts
  const [isWhole, setIsWhole] = useState(false)
  const { screenshot } = render
  const { value, trouble } = useLoaded(async () => {
    if (screenshot === null) return undefined
    const answer = await client.open({ path: `/v1/pages/${page.id}/screenshot` })
    return asDataUrl(await answer.blob())
  }, `${page.id} ${render.at}`)
  if (screenshot === null) return <p class="note">{renders.unpainted}</p>
  if (trouble !== undefined) return <p class="note note--trouble">{words.trouble(trouble)}</p>
  if (value === undefined) return <p class="note">{words.texts.result.loading}</p>
  const { height, isCut, width } = screenshot
  const named = render.title ?? page.title ?? page.finalUrl
  return (
    <>
      <div class="actions">
        <button
          type="button"
          class="button button--small"
          aria-pressed={isWhole}
          onClick={() => setIsWhole(!isWhole)}
        >
          {isWhole ? renders.zoomOut : renders.zoomIn}
        </button>
      </div>
      <div class="render__window" role="region" aria-label={renders.region} tabIndex={0}>
        <img
          class={isWhole ? 'render__picture render__picture--whole' : 'render__picture'}
          src={value}
          width={width}
          height={height}
          alt={renders.picture({ page: named, at: words.instant(render.at) })}
        />
      </div>
      {isCut && <p class="note">{renders.cut(words.number(height))}</p>}
    </>
  )
}

/** The one kind of address that the page’s policy lets a picture have beside its own door. */
function asDataUrl(blob: Blob): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const reader = new FileReader()
  reader.onload = () => {
    if (typeof reader.result === 'string') resolve(reader.result)
  }
  reader.onerror = () => reject(new Error('the picture cannot be read'))
  reader.readAsDataURL(blob)
  return promise
}

function Refusals({ render }: { readonly render: Render }) {
  const { texts } = useWords()
  const words = texts.renders
  if (render.refusals.length === 0) return null
  return (
    <details class="disclosure">
      <summary>
        {words.refusals} ({render.refused})
      </summary>
      <ul class="render__refusals">
        {render.refusals.map(({ url, why }) => (
          <li key={`${why} ${url}`}>
            <code>{url}</code> <span class="quiet">{words.why[why]}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Read when it is opened. */
function Document({ page, render }: DrawnProps) {
  const { texts } = useWords()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details
      class="disclosure"
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>{texts.renders.source}</summary>
      {isOpen && <DocumentLines page={page} render={render} />}
    </details>
  )
}

function DocumentLines({ page, render }: DrawnProps) {
  const { client } = useSession()
  const words = useWords()
  const { texts, bytes } = words
  const { value, trouble } = useLoaded(async () => {
    const answer = await client.open({ path: `/v1/pages/${page.id}/rendered` })
    return decodeSource(await takeBytes(answer.body, SOURCE_BYTES_MAX), 'utf-8')
  }, `${page.id} ${render.at}`)
  if (trouble !== undefined) return <p class="note note--trouble">{words.trouble(trouble)}</p>
  if (value === undefined) return <p class="note">{texts.result.loading}</p>
  return (
    <div class="source">
      <div class="source__view" role="region" aria-label={texts.renders.source} tabIndex={0}>
        <ol class="source__lines">
          {value.lines.map((line, index) => (
            <li key={index} class="source__line">
              {line}
            </li>
          ))}
        </ol>
      </div>
      {value.shownBytes < render.bytes && (
        <p class="note">{texts.result.cut(bytes(value.shownBytes), bytes(render.bytes))}</p>
      )}
    </div>
  )
}
