/**
 * A field for a person or a group, with those suggested whose names begin so: a combobox of ARIA
 * 1.2. Arrows choose, Enter takes what is chosen, else what was typed; Escape closes the list.
 */
import { useEffect, useId, useRef, useState } from 'preact/hooks'

import type { Named } from '../../../src/wire/api-groups.ts'
import { GroupsClient } from '../api/groups.ts'
import { RingTrouble } from '../api/ring-client.ts'
import { useSession } from '../state/session.ts'

/** Typing is not answered letter by letter. */
const PAUSE_MS = 150

export interface NamedFieldWords {
  readonly label: string
  readonly add: string
  readonly group: string
  readonly found: (count: number) => string
}

interface NamedFieldProps {
  readonly words: NamedFieldWords
  /** Who is listed already, and is not suggested. */
  readonly isKnown: (named: Pick<Named, 'kind' | 'name'>) => boolean
  readonly isForPeopleAlone?: boolean
  /** What was typed, where nothing of the list was taken. @returns whether it is taken */
  readonly onTyped: (text: string) => boolean | Promise<boolean>
  readonly onNamed: (named: Named) => void
}

export function NamedField(props: NamedFieldProps) {
  const { isForPeopleAlone = false, isKnown, onNamed, onTyped, words } = props
  const id = useId()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(-1)
  const [isClosed, setIsClosed] = useState(true)
  const found = useSuggestions(typed).filter(
    (named) => !isKnown(named) && !(isForPeopleAlone && named.kind === 'group'),
  )
  const isOpen = !isClosed && found.length > 0
  const end = (): void => {
    setTyped('')
    setAt(-1)
    setIsClosed(true)
  }
  const take = async (named: Named | undefined): Promise<void> => {
    if (named === undefined && !(await onTyped(typed.trim()))) return
    if (named !== undefined) onNamed(named)
    end()
  }
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') void take(isOpen ? found[at] : undefined)
    else if (event.key === 'Escape' && isOpen) setIsClosed(true)
    else if (event.key === 'ArrowDown' && found.length > 0) {
      setIsClosed(false)
      setAt((at + 1) % found.length)
    } else if (event.key === 'ArrowUp' && isOpen) setAt(at <= 0 ? found.length - 1 : at - 1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="named">
      <label class="unseen" for={id}>
        {words.label}
      </label>
      <input
        id={id}
        class="field"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        {...(isOpen && at >= 0 ? { 'aria-activedescendant': `${id}-${at}` } : {})}
        value={typed}
        placeholder={words.label}
        autocapitalize="none"
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value)
          setAt(-1)
          setIsClosed(false)
        }}
        onKeyDown={key}
        onBlur={() => setIsClosed(true)}
      />
      <button type="button" class="button button--small" onClick={() => void take(undefined)}>
        {words.add}
      </button>
      <Suggestions {...{ id, words, found, at, isOpen }} onTake={(named) => void take(named)} />
      <p class="unseen" role="status">
        {isOpen ? words.found(found.length) : ''}
      </p>
    </div>
  )
}

interface SuggestionsProps {
  /** Of the field. */
  readonly id: string
  readonly words: NamedFieldWords
  readonly found: readonly Named[]
  /** The one that is chosen. */
  readonly at: number
  readonly isOpen: boolean
  readonly onTake: (named: Named) => void
}

function Suggestions({ at, found, id, isOpen, onTake, words }: SuggestionsProps) {
  return (
    <ul
      id={`${id}-list`}
      class="named__list"
      role="listbox"
      aria-label={words.label}
      hidden={!isOpen}
    >
      {found.map((named, index) => (
        <li
          key={`${named.kind} ${named.name}`}
          id={`${id}-${index}`}
          class="named__option"
          role="option"
          aria-selected={index === at}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(named)}
        >
          <span class="breakable">{named.name}</span>
          {named.title !== named.name && <span class="quiet">{named.title}</span>}
          {named.kind === 'group' && <span class="badge">{words.group}</span>}
        </li>
      ))}
    </ul>
  )
}

/** Of the latest that was typed; none where the ring cannot say. */
function useSuggestions(typed: string): readonly Named[] {
  const { client } = useSession()
  const [found, setFound] = useState<readonly Named[]>([])
  const groups = useRef(new GroupsClient(client))
  const prefix = typed.trim()
  useEffect(() => {
    setFound([])
    if (prefix === '') return undefined
    const gone = new AbortController()
    const timer = setTimeout(() => {
      groups.current.named(prefix, gone.signal).then(
        (named) => gone.signal.aborted || setFound(named),
        (thrown: unknown) => {
          if (!gone.signal.aborted && !(thrown instanceof RingTrouble)) throw thrown
        },
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      gone.abort()
    }
  }, [prefix])
  return found
}
