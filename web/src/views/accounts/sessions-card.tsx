/** Where one is logged in; each session can be ended from here. */
import type { Session } from '../../../../src/wire/api-accounts.ts'
import { RING_VIEW } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing, useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Card, Confirm, LoadTrouble, Outcome } from './parts.tsx'

export function SessionsCard({ nick }: { readonly nick: string }) {
  const session = useSession()
  const { account } = session
  const { texts } = useWords()
  const words = texts.accounts
  const leaving = useDoing<Done>()
  const leave = (everywhere: boolean): void =>
    leaving.run(async () => {
      await account.logOut(everywhere)
      session.go(RING_VIEW)
      return undefined
    })
  return (
    <Card title={words.sessions.title}>
      <p class="quiet panel__hint">{words.sessions.hint}</p>
      <Sessions nick={nick} label={words.sessions.title} />
      <div class="actions">
        <button
          type="button"
          class="button"
          aria-disabled={leaving.isRunning}
          onClick={() => leave(false)}
        >
          {words.sessions.here}
        </button>
        <Confirm
          label={words.sessions.everywhere}
          question={words.sessions.everywhereSure}
          isRunning={leaving.isRunning}
          onConfirm={() => leave(true)}
        />
      </div>
      <Outcome trouble={leaving.trouble} done={leaving.done} />
    </Card>
  )
}

interface SessionsProps {
  readonly nick: string
  readonly label: string
}

/** Those of an account, each with its end. */
export function Sessions({ nick, label }: SessionsProps) {
  const { account } = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { value, trouble, again } = useLoaded(() => account.calls.sessions(nick), nick)
  const ending = useDoing<Done>()
  const end = (id: string): void =>
    ending.run(async () => {
      await account.calls.endSession(nick, id)
      again()
      return 'ended'
    })
  return (
    <>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value === undefined && trouble === undefined && <p class="quiet">{words.loading}</p>}
      {value?.length === 0 && <p class="quiet">{words.sessions.none}</p>}
      {value !== undefined && value.length > 0 && (
        <ul class="rows" aria-label={label}>
          {value.map((one) => (
            <SessionRow key={one.id} session={one} onEnd={() => end(one.id)} />
          ))}
        </ul>
      )}
      <Outcome trouble={ending.trouble} done={ending.done} />
    </>
  )
}

interface SessionRowProps {
  readonly session: Session
  readonly onEnd: () => void
}

function SessionRow({ session, onEnd }: SessionRowProps) {
  const { texts, minute } = useWords()
  const words = texts.accounts.sessions
  const client = session.client === '' ? words.unnamed : session.client
  return (
    <li class="row">
      <div class="row__text">
        <p class="row__name breakable">
          {client}
          {session.isThis && <span class="badge">{words.isThis}</span>}
        </p>
        <p class="quiet row__note">
          {words.times({ begun: minute(session.createdAt), used: minute(session.usedAt) })}
        </p>
      </div>
      {!session.isThis && (
        <button
          type="button"
          class="button button--small"
          aria-label={words.end(client)}
          onClick={onEnd}
        >
          {words.endShort}
        </button>
      )}
    </li>
  )
}
