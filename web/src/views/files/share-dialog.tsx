/** Who may do what in a folder. */
import { useId, useState } from 'preact/hooks'

import { foldNick } from '../../../../src/wire/account-texts.ts'
import type { FileEntry, FileGrants } from '../../../../src/wire/api-files.ts'
import { filesOf } from '../../files/files-of.ts'
import { may, nickOf } from '../../model/accounts.ts'
import {
  listed,
  onlyFor,
  parseRight,
  RIGHTS,
  RIGHTS_OR_NOTHING,
  shutsOut,
  withRight,
  type RightOrNothing,
} from '../../model/file-grants.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { LoadTrouble, Outcome } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { useFileWords } from './file-words.ts'
import { Modal } from './modal.tsx'

interface ShareDialogProps {
  readonly entry: FileEntry
  readonly onClose: () => void
}

export function ShareDialog({ entry, onClose }: ShareDialogProps) {
  const { files } = filesOf(useSession())
  const { texts } = useFileWords()
  const words = texts.share
  const { again, trouble, value } = useLoaded(
    async () => ({ grants: await files.grants(entry.path) }),
    entry.id,
  )
  return (
    <Modal title={words.title(entry.name)} onClose={onClose}>
      <p class="quiet panel__hint">{words.hint}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value !== undefined && (
        <ShareForm
          grants={value.grants}
          onSave={async (grants) => void (await files.setGrants(entry.path, grants))}
        />
      )}
    </Modal>
  )
}

interface ShareFormProps {
  readonly grants: FileGrants | null
  readonly onSave: (grants: FileGrants | null) => Promise<void>
}

function ShareForm({ grants: before, onSave }: ShareFormProps) {
  const { texts } = useFileWords()
  const words = texts.share
  const name = useId()
  const [isOwn, setIsOwn] = useState(before !== null)
  const who = useCell(useSession().account.who)
  const nick = nickOf(who)
  const [grants, setGrants] = useState(before ?? onlyFor(nick))
  const isShutOut = isOwn && !may(who, 'files.manage') && shutsOut(grants, nick)
  const [isSaved, setIsSaved] = useState(false)
  const { isRunning, run, trouble } = useDoing<never>()
  const change = (next: FileGrants): void => {
    setIsSaved(false)
    setGrants(next)
  }
  const choose = (own: boolean) => (): void => {
    setIsSaved(false)
    setIsOwn(own)
  }
  const save = (event: SubmitEvent): void => {
    event.preventDefault()
    if (isShutOut) return
    run(async () => {
      setIsSaved(false)
      await onSave(isOwn ? grants : null)
      setIsSaved(true)
      return undefined
    })
  }
  return (
    <form class="stack" onSubmit={save}>
      <fieldset class="boxes">
        <legend class="unseen">{words.hint}</legend>
        <label class="box">
          <input type="radio" name={name} checked={!isOwn} onChange={choose(false)} />
          <span>{words.asAbove}</span>
        </label>
        <label class="box">
          <input type="radio" name={name} checked={isOwn} onChange={choose(true)} />
          <span>{words.own}</span>
        </label>
      </fieldset>
      {isOwn && (
        <>
          <AllOf grants={grants} onChange={change} />
          <People grants={grants} onChange={change} />
        </>
      )}
      <p class="outcome--trouble" role="status">
        {isShutOut ? words.shutsOut : ''}
      </p>
      <div class="actions">
        <button type="submit" class="button button--main" aria-disabled={isRunning || isShutOut}>
          {words.save}
        </button>
        <span role="status" class="outcome--done">
          {isSaved ? words.saved : ''}
        </span>
      </div>
      <Outcome trouble={trouble} done={undefined} />
    </form>
  )
}

interface PartProps {
  readonly grants: FileGrants
  readonly onChange: (grants: FileGrants) => void
}

function AllOf({ grants, onChange }: PartProps) {
  const { texts } = useFileWords()
  const words = texts.share
  return (
    <div class="grants">
      {(['everyone', 'guests'] as const).map((who) => (
        <div key={who} class="grant">
          <span>{words[who]}</span>
          <RightChoice
            label={words.access(words[who])}
            choices={RIGHTS_OR_NOTHING}
            right={grants[who]}
            onRight={(right) => onChange({ ...grants, [who]: right })}
          />
        </div>
      ))}
    </div>
  )
}

function People({ grants, onChange }: PartProps) {
  const { texts } = useFileWords()
  const words = texts.share
  const id = useId()
  const [typed, setTyped] = useState('')
  const [isEmpty, setIsEmpty] = useState(false)
  const add = (): void => {
    const nick = foldNick(typed.trim()) ?? ''
    setIsEmpty(nick === '')
    if (nick === '') return
    onChange(withRight(grants, nick, 'read'))
    setTyped('')
  }
  const enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    add()
  }
  return (
    <section class="grants" aria-label={words.people}>
      <h3 class="label">{words.people}</h3>
      {listed(grants.people).map(([name, right]) => (
        <div key={name} class="grant">
          <span class="breakable">{name}</span>
          <RightChoice
            label={words.access(name)}
            choices={RIGHTS}
            right={right}
            onRight={(next) => next !== 'nothing' && onChange(withRight(grants, name, next))}
          />
          <button
            type="button"
            class="button button--small"
            aria-label={words.remove(name)}
            onClick={() => onChange(withRight(grants, name, undefined))}
          >
            ✕
          </button>
        </div>
      ))}
      <div class="grant">
        <label class="unseen" for={id}>
          {words.nick}
        </label>
        <input
          id={id}
          class="field"
          value={typed}
          placeholder={words.nick}
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={isEmpty}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onKeyDown={enter}
        />
        <button type="button" class="button button--small" onClick={add}>
          {words.add}
        </button>
      </div>
      <p class="outcome--trouble" role="alert">
        {isEmpty ? words.needsName : ''}
      </p>
    </section>
  )
}

interface RightChoiceProps {
  readonly label: string
  readonly choices: readonly RightOrNothing[]
  readonly right: RightOrNothing
  readonly onRight: (right: RightOrNothing) => void
}

function RightChoice({ choices, label, onRight, right }: RightChoiceProps) {
  const { texts } = useFileWords()
  return (
    <select
      class="field"
      aria-label={label}
      value={right}
      onChange={({ currentTarget }) => onRight(parseRight(currentTarget.value) ?? right)}
    >
      {choices.map((one) => (
        <option key={one} value={one}>
          {texts.share.rights[one]}
        </option>
      ))}
    </select>
  )
}
