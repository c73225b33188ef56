/** Who may do what with a file, or in a folder. */
import { useId, useRef, useState } from 'preact/hooks'

import { foldGroup, foldNick } from '../../../../src/wire/account-texts.ts'
import type { FileEntry, FileGrants } from '../../../../src/wire/api-files.ts'
import type { Named } from '../../../../src/wire/api-groups.ts'
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
import { isTrouble, type FilesClient } from '../../api/files.ts'
import { GroupsClient } from '../../api/groups.ts'
import { RingTrouble } from '../../api/ring-client.ts'
import { filesOf } from '../../files/files-of.ts'
import { groupsOf, may, nickOf } from '../../model/accounts.ts'
import { parentOf } from '../../model/file-paths.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { LoadTrouble, Outcome } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { NamedField } from '../named-field.tsx'
import { useFileWords } from './file-words.ts'
import { GrantsNow } from './grants-now.tsx'
import { Modal } from './modal.tsx'

interface ShareDialogProps {
  readonly entry: FileEntry
  readonly onClose: () => void
}

export function ShareDialog({ entry, onClose }: ShareDialogProps) {
  const { files } = filesOf(useSession())
  const { texts } = useFileWords()
  const words = texts.share
  const { again, trouble, value } = useLoaded(async () => {
    const counting = await files.countingGrants(entry.path)
    const isOwn = counting?.from === entry.path
    return { counting, above: isOwn ? await aboveOf(files, entry.path) : { counting } }
  }, entry.id)
  return (
    <Modal title={words.title(entry.name)} onClose={onClose}>
      <p class="quiet panel__hint">{entry.kind === 'file' ? words.fileHint : words.hint}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value !== undefined && (
        <ShareForm
          path={entry.path}
          {...value}
          onSave={async (grants) => void (await files.setGrants(entry.path, grants))}
        />
      )}
    </Modal>
  )
}

/** What counts without what is said here; `undefined` to whom it is not told. */
interface Above {
  readonly counting: CountingGrants | undefined
}

async function aboveOf(files: FilesClient, path: string): Promise<Above | undefined> {
  try {
    return { counting: await files.countingGrants(parentOf(path)) }
  } catch (thrown) {
    if (!isTrouble(thrown, 'NO_ENTRY', 'NO_ACCESS')) throw thrown
    return undefined
  }
}

interface ShareFormProps {
  readonly path: string
  readonly counting: CountingGrants | undefined
  readonly above: Above | undefined
  readonly onSave: (grants: FileGrants | null) => Promise<void>
}

function ShareForm({ above, counting, onSave, path }: ShareFormProps) {
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
      {!isOwn && above !== undefined && <GrantsNow {...above} />}
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
  const { refused, fits } = useNamedCheck()
  // Others may be added while the ring is asked about a name.
  const latest = useRef(grants)
  latest.current = grants
  const add = (kind: NamedKind, name: string): void => {
    if (!Object.hasOwn(latest.current[kind], name))
      onChange(withRight(latest.current, { kind, name }, 'read'))
  }
  const addTyped = async (text: string): Promise<boolean> => {
    const isGroup = text.startsWith('group:')
    const name = isGroup ? foldGroup(text.slice('group:'.length)) : foldNick(text)
    const isFit = await fits({ kind: isGroup ? 'group' : 'person', name })
    if (isFit && name !== undefined) add(isGroup ? 'groups' : 'people', name)
    return isFit
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
        {refused}
      </p>
    </section>
  )
}

/** Whether somebody is called so, and what is said where nobody is. */
function useNamedCheck() {
  const { client } = useSession()
  const { texts, trouble } = useFileWords()
  const [refused, setRefused] = useState('')
  const fits = async (asked: { kind: Named['kind']; name: string | undefined }) => {
    const { kind, name } = asked
    setRefused('')
    if (name === undefined) {
      setRefused(texts.share.needsName)
      return false
    }
    // Whom the ring cannot tell of now is refused when it is saved.
    const isThere = await new GroupsClient(client).isThere({ kind, name }).catch(isUntold)
    const code = kind === 'group' ? 'NO_GROUP' : 'NO_USER'
    if (!isThere) setRefused(trouble({ code, details: { name, nick: name }, text: '' }))
    return isThere
  }
  return { refused, fits }
}

function isUntold(thrown: unknown): true {
  if (thrown instanceof RingTrouble) return true
  throw thrown
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
