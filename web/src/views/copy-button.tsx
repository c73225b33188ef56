/** A button that copies a text. */
import { useState } from 'preact/hooks'

interface CopyButtonProps {
  readonly text: string
  readonly label: string
  /** For who hears it without what stands beside it. */
  readonly name?: string
  /** Said once it is done. */
  readonly copied: string
}

/** Absent where the page is not trusted to: by plain HTTP from another machine. */
export function CopyButton({ copied, label, name, text }: CopyButtonProps) {
  const [isCopied, setIsCopied] = useState(false)
  if (!('clipboard' in navigator)) return null
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
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
        {isCopied ? copied : ''}
      </span>
    </>
  )
}
