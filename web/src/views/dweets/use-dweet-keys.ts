/** Keys of the microblog, while nothing is being written. */
import { useEffect } from 'preact/hooks'

interface DweetKeys {
  readonly onNew: () => void
  readonly onSearch: () => void
  readonly onHelp: () => void
}

/** Keys that press what a dweet offers: `aria-keyshortcuts` says which. */
const ACTS = new Set(['l', 'r', 't', 'b'])

export function useDweetKeys({ onHelp, onNew, onSearch }: DweetKeys): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return
      if (!carryOut(event.key)) return
      event.preventDefault()
    }
    /** @returns whether the key means anything here */
    const carryOut = (key: string): boolean => {
      if (key === 'j' || key === 'k') return step(key === 'j' ? 1 : -1)
      if (key === 'n') onNew()
      else if (key === '/') onSearch()
      else if (key === '?') onHelp()
      else if (key === 'o') return pressOf('.dweet__open')
      else return ACTS.has(key) && pressOf(`[aria-keyshortcuts='${key}']`)
      return true
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [onNew, onSearch, onHelp])
}

const WRITTEN_IN = 'input, textarea, select, [contenteditable], dialog'

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(WRITTEN_IN) !== null
}

function current(): HTMLElement | undefined {
  return document.activeElement?.closest<HTMLElement>('article.dweet') ?? undefined
}

/** To the next one, from nowhere to the first that is in sight. */
function step(by: 1 | -1): boolean {
  const all = [...document.querySelectorAll<HTMLElement>('article.dweet')]
  const from = current()
  const inSight = all.findIndex((one) => one.getBoundingClientRect().bottom > 0)
  const next = all[from === undefined ? inSight : all.indexOf(from) + by]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return next !== undefined
}

function pressOf(selector: string): boolean {
  const button = current()?.querySelector<HTMLElement>(selector)
  button?.click()
  return button !== undefined && button !== null
}
