/** The button that copies a public link. */
import { useState } from 'preact/hooks'

import type { PublicLink } from '../../../../src/wire/api-links.ts'
import { useFileWords } from './file-words.ts'

interface CopyLinkProps {
  readonly link: PublicLink
  readonly label: string
  /** For who hears it without what stands beside it. */
  readonly name?: string
}

/** Absent where the page is not trusted to: by plain HTTP from another machine. */
export function CopyLink({ label, link, name }: CopyLinkProps) {
  const { texts } = useFileWords()
  const [isCopied, setIsCopied] = useState(false)
  if (!('clipboard' in navigator)) return null
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link.url)
    setIsCopied(true)
  }
  return (
    <>
      <button
        type="button"
        class="button button--small"
        {...(name === undefined ? {} : { 'aria-label': name })}
        onClick={() => void copy().catch(() => setIsCopied(false))}
      >
        {label}
      </button>
      <span role="status" class="outcome--done">
        {isCopied ? texts.links.copied : ''}
      </span>
    </>
  )
}
