/** Who may do what with a file, or in a folder. */
import { useId, useState } from 'preact/hooks'

import { foldGroup, foldNick } from '../../../../src/wire/account-texts.ts'
import type { FileEntry, FileGrants } from '../../../../src/wire/api-files.ts'
import {
  listedRights,
  onlyFor,
  parseRight,
  rightOf,
  RIGHTS,
  RIGHTS_OR_NOTHING,
  withRight,
  type CountingGrants,
  type NamedKind,
  type RightOrNothing,
} from '../../../../src/wire/file-grants.ts'
import { filesOf } from '../../files/files-of.ts'
import { groupsOf, may, nickOf } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { LoadTrouble, Outcome } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { NamedField } from '../named-field.tsx'
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
    async () => ({ counting: await files.countingGrants(entry.path) }),
    entry.id,
  )
  return (
    <Modal title={words.title(entry.name)} onClose={onClose}>
      <p class="quiet panel__hint">{entry.kind === 'file' ? words.fileHint : words.hint}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value !== undefined && (
        <ShareForm
          path={entry.path}
          counting={value.counting}
          onSave={async (grants) => void (await files.setGrants(entry.path, grants))}
        />
      )}
    </Modal>
  )
}

interface ShareFormProps {
  readonly path: string
  readonly counting: CountingGrants | undefined
  readonly onSave: (grants: FileGrants | null) => Promise<void>
}

function ShareForm({ counting, onSave, path }: ShareFormProps) {
  const { texts } = useFileWords()
  const words = texts.share
  const name = useId()
  const [isOwn, setIsOwn] = useState(counting?.from === path)
  const who = useCell(useSession().account.who)
  const nick = nickOf(who)
  // Who says so for the first time begins with who may now.
  const [grants, setGrants] = useState(counting?.grants ?? onlyFor(nick))
  const isLeft = rightOf(grants, { nick, groups: groupsOf(who) }) === 'own'
  const isShutOut = isOwn && !may(who, 'files.manage') && !isLeft
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
          <NamedRights grants={grants} onChange={change} />
          <AllOf grants={grants} onChange={change} />
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
    <section class="grants" aria-label={words.others}>
      <h3 class="label">{words.others}</h3>
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
    </section>
  )
}

function NamedRights({ grants, onChange }: PartProps) {
  const { texts } = useFileWords()
  const words = texts.share
  const [isUnfit, setIsUnfit] = useState(false)
  const add = (kind: NamedKind, name: string): void => {
    setIsUnfit(false)
    if (!Object.hasOwn(grants[kind], name)) onChange(withRight(grants, { kind, name }, 'read'))
  }
  const addTyped = (text: string): boolean => {
    const isGroup = text.startsWith('group:')
    const name = isGroup ? foldGroup(text.slice('group:'.length)) : foldNick(text)
    setIsUnfit(name === undefined)
    if (name !== undefined) add(isGroup ? 'groups' : 'people', name)
    return name !== undefined
  }
  return (
    <section class="grants" aria-label={words.people}>
      <h3 class="label">{words.people}</h3>
      {(['people', 'groups'] as const).flatMap((kind) =>
        listedRights(grants[kind]).map(([name, right]) => (
          <div key={`${kind} ${name}`} class="grant">
            <span class="breakable">
              {name} {kind === 'groups' && <span class="badge">{words.group}</span>}
            </span>
            <RightChoice
              label={words.access(name)}
              choices={RIGHTS}
              right={right}
              onRight={(next) =>
                next !== 'nothing' && onChange(withRight(grants, { kind, name }, next))
              }
            />
            <button
              type="button"
              class="button button--small"
              aria-label={words.remove(name)}
              onClick={() => onChange(withRight(grants, { kind, name }, undefined))}
            >
              ✕
            </button>
          </div>
        )),
      )}
      <NamedField
        words={{ label: words.nick, add: words.add, group: words.group, found: words.found }}
        isKnown={({ kind, name }) =>
          Object.hasOwn(grants[kind === 'group' ? 'groups' : 'people'], name)
        }
        onTyped={addTyped}
        onNamed={({ kind, name }) => add(kind === 'group' ? 'groups' : 'people', name)}
      />
      <p class="outcome--trouble" role="alert">
        {isUnfit ? words.needsName : ''}
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
