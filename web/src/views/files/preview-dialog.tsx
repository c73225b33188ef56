/**
 * Files looked at without being saved. What somebody stored never becomes a document of this page:
 * pictures, sound and films are elements that carry nothing out, text is shown as text, and a PDF
 * is given to the browser's own viewer as nothing but a PDF.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { contentAddress } from '../../api/files.ts'
import { filesOf } from '../../files/files-of.ts'
import { isText, previewKind, TEXT_SAMPLE_BYTES } from '../../model/file-kinds.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { LoadTrouble } from '../accounts/parts.tsx'
import { FreshLink } from '../fresh-link.tsx'
import { useLoaded } from '../hooks.ts'
import { useFileWords } from './file-words.ts'
import { Modal } from './modal.tsx'

const KIB = 1024
/** As much as a browser lays out in no time. */
const TEXT_BYTES_MAX = 512 * KIB
/** It is held in memory whole. */
const PDF_BYTES_MAX = 64 * KIB * KIB

interface PreviewDialogProps {
  readonly entry: FileEntry
  /** Files before and behind it, in the order of the list. */
  readonly entries: readonly FileEntry[]
  readonly onEntry: (entry: FileEntry) => void
  readonly onClose: () => void
}

export function PreviewDialog({ entries, entry, onClose, onEntry }: PreviewDialogProps) {
  const { account, door: doorCell } = useSession()
  const door = useCell(doorCell)
  const { bytes, texts } = useFileWords()
  const words = texts.preview
  const at = entries.findIndex(({ id }) => id === entry.id)
  const go = (by: number): void => {
    const next = entries[at + by]
    if (next !== undefined) onEntry(next)
  }
  // Elements ask by themselves, with a token that may be minutes old.
  const isFresh = useLoaded(() => account.find().then(() => true), entry.id).value === true
  const keys = ({ key, target }: KeyboardEvent): void => {
    if (target instanceof HTMLMediaElement || target instanceof HTMLPreElement) return
    if (key === 'ArrowLeft') go(-1)
    if (key === 'ArrowRight') go(1)
  }
  return (
    <Modal title={entry.name} onClose={onClose} isWide>
      <div class="preview" onKeyDown={keys}>
        <div class="preview__body">
          {isFresh ? (
            <Content key={`${entry.id} ${entry.etag}`} entry={entry} />
          ) : (
            <p class="quiet">{words.loading}</p>
          )}
        </div>
        <div class="actions preview__actions">
          <button
            type="button"
            class="button button--small"
            aria-disabled={at <= 0}
            onClick={() => go(-1)}
          >
            {words.before}
          </button>
          <button
            type="button"
            class="button button--small"
            aria-disabled={at >= entries.length - 1}
            onClick={() => go(1)}
          >
            {words.after}
          </button>
          <FreshLink
            class="button button--small"
            href={contentAddress(door, entry.path, { isDownload: true })}
            isDownload
          >
            {texts.actions.download} ({bytes(entry.bytes)})
          </FreshLink>
        </div>
      </div>
    </Modal>
  )
}

function Content({ entry }: { readonly entry: FileEntry }) {
  switch (previewKind(entry.name)) {
    case 'picture':
      return <Picture entry={entry} />
    case 'audio':
      return <Played entry={entry} kind="audio" />
    case 'video':
      return <Played entry={entry} kind="video" />
    case 'text':
      return <Text entry={entry} />
    case 'pdf':
      return <Pdf entry={entry} />
    case undefined:
      return <Untold entry={entry} />
  }
}

/** What its name does not tell may be a text all the same. */
function Untold({ entry }: { readonly entry: FileEntry }) {
  const { files } = filesOf(useSession())
  const { texts } = useFileWords()
  const { again, trouble, value } = useLoaded(
    async () => entry.bytes === 0 || isText(await files.beginning(entry.path, TEXT_SAMPLE_BYTES)),
    entry.id,
  )
  if (trouble !== undefined) return <LoadTrouble trouble={trouble} onAgain={again} />
  if (value === undefined) return <Note>{texts.preview.loading}</Note>
  return value ? <Text entry={entry} /> : <Note>{texts.preview.none}</Note>
}

function Note({ children }: { readonly children: ComponentChildren }) {
  return (
    <p class="note" role="status">
      {children}
    </p>
  )
}

function Picture({ entry }: { readonly entry: FileEntry }) {
  const door = useCell(useSession().door)
  const { texts } = useFileWords()
  const { isBroken, onError } = useOtherDoor(entry)
  if (isBroken) return <Note>{texts.preview.broken}</Note>
  return (
    <img
      class="preview__picture"
      src={contentAddress(door, entry.path)}
      alt={entry.name}
      onError={onError}
    />
  )
}

/** The browser asks for the ranges that it plays; at another member it goes on where it was. */
function Played({ entry, kind }: { readonly entry: FileEntry; readonly kind: 'audio' | 'video' }) {
  const door = useCell(useSession().door)
  const { texts } = useFileWords()
  const { isBroken, onError } = useOtherDoor(entry)
  const element = useRef<HTMLVideoElement>(null)
  const place = useRef(0)
  const Element = kind
  if (isBroken) return <Note>{texts.preview.broken}</Note>
  return (
    <Element
      ref={element}
      class={`preview__${kind}`}
      src={contentAddress(door, entry.path)}
      aria-label={entry.name}
      controls
      preload="metadata"
      onTimeUpdate={({ currentTarget }) => {
        place.current = currentTarget.currentTime
      }}
      onLoadedMetadata={({ currentTarget }) => {
        if (place.current > 0) currentTarget.currentTime = place.current
      }}
      onError={onError}
    />
  )
}

/**
 * What an element could not get may be had at another member: a question finds one that answers.
 */
function useOtherDoor({ path }: FileEntry) {
  const session = useSession()
  const [isBroken, setIsBroken] = useState(false)
  const onError = (): void => {
    const before = session.door.get()
    const judge = (): void => setIsBroken(session.door.get() === before)
    filesOf(session).files.stat(path).then(judge, judge)
  }
  return { isBroken, onError }
}

function Text({ entry }: { readonly entry: FileEntry }) {
  const { files } = filesOf(useSession())
  const { bytes, texts } = useFileWords()
  const words = texts.preview
  const { again, trouble, value } = useLoaded(async () => {
    // Of nothing there is no range.
    if (entry.bytes === 0) return ''
    return new TextDecoder().decode(await files.beginning(entry.path, TEXT_BYTES_MAX))
  }, entry.id)
  if (trouble !== undefined) return <LoadTrouble trouble={trouble} onAgain={again} />
  if (value === undefined) return <Note>{words.loading}</Note>
  const size = bytes(entry.bytes)
  return (
    <>
      {entry.bytes > TEXT_BYTES_MAX && (
        <Note>{words.cut({ shown: bytes(TEXT_BYTES_MAX), size })}</Note>
      )}
      <pre class="preview__text" tabIndex={0} role="region" aria-label={words.text(entry.name)}>
        {value}
      </pre>
    </>
  )
}

function Pdf({ entry }: { readonly entry: FileEntry }) {
  const { bytes, texts } = useFileWords()
  if (!navigator.pdfViewerEnabled) return <Note>{texts.preview.noPdf}</Note>
  if (entry.bytes > PDF_BYTES_MAX) return <Note>{texts.preview.large(bytes(entry.bytes))}</Note>
  return <ShownPdf entry={entry} />
}

function ShownPdf({ entry }: { readonly entry: FileEntry }) {
  const { files } = filesOf(useSession())
  const { texts } = useFileWords()
  const [address, setAddress] = useState<string | undefined>(undefined)
  const { again, trouble, value } = useLoaded(
    () => files.beginning(entry.path, PDF_BYTES_MAX),
    entry.id,
  )
  useEffect(() => {
    if (value === undefined) return undefined
    // Whatever the bytes are: under this type no browser takes them for a page.
    const made = URL.createObjectURL(new Blob([value], { type: 'application/pdf' }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [value])
  if (trouble !== undefined) return <LoadTrouble trouble={trouble} onAgain={again} />
  if (address === undefined) return <Note>{texts.preview.loading}</Note>
  return <iframe class="preview__pdf" src={address} title={texts.preview.title(entry.name)} />
}
