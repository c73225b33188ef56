/** A file of the tree is shared with everybody: its links at once, and how to end it again. */
import { useEffect, useState } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import type { Share } from '../../../../src/wire/api-shares.ts'
import { RingTrouble } from '../../api/ring-client.ts'
import type { Trouble } from '../../texts/texts.ts'
import { LoadTrouble } from '../accounts/parts.tsx'
import { Dialog } from '../dialog.tsx'
import { useWords } from '../words.ts'
import { Health } from './health.tsx'
import { QrCode } from './qr-code.tsx'
import { ShareLink } from './share-link.tsx'
import { LinksOf } from './share-page.tsx'
import { ShareWordsProvider, useLoadedShareWords, useShareWords } from './share-words.ts'
import { EndShare } from './shares-list.tsx'
import { useShares } from './shares-of.ts'

import '../../styles/shares.css'

export interface EverybodyDialogProps {
  readonly entry: FileEntry
  readonly closeLabel: string
  readonly onClose: () => void
}

export function EverybodyDialog(props: EverybodyDialogProps) {
  const { texts } = useWords()
  const words = useLoadedShareWords()
  if (words === undefined || words === 'missing')
    return (
      <Dialog title={props.entry.name} closeLabel={props.closeLabel} onClose={props.onClose}>
        <p class="quiet" role="status">
          {words === 'missing' ? texts.viewMissing : texts.accounts.loading}
        </p>
      </Dialog>
    )
  return (
    <ShareWordsProvider value={words}>
      <Sharing {...props} />
    </ShareWordsProvider>
  )
}

type State =
  | { readonly kind: 'sharing'; readonly percent: number | undefined }
  | { readonly kind: 'shared'; readonly share: Share }
  | { readonly kind: 'ended' }
  | { readonly kind: 'trouble'; readonly trouble: Trouble }

function Sharing({ closeLabel, entry, onClose }: EverybodyDialogProps) {
  const { own } = useShareWords()
  const words = own.everybody
  const { again, end, state } = useSharing(entry.path)
  const told =
    state.kind === 'sharing'
      ? state.percent === undefined
        ? words.sharing
        : words.hashing(state.percent)
      : state.kind === 'shared'
        ? words.shared
        : state.kind === 'ended'
          ? own.list.ended(entry.name)
          : ''
  return (
    <Dialog title={words.title(entry.name)} closeLabel={closeLabel} onClose={onClose} isWide>
      <p role="status">{told}</p>
      {state.kind === 'trouble' && <LoadTrouble trouble={state.trouble} onAgain={again} />}
      {state.kind === 'shared' && (
        <div class="stack">
          <p class="shares__health">
            <Health share={state.share} />
          </p>
          <LinksOf share={state.share} />
          <details class="disclosure">
            <summary>{own.code.title}</summary>
            <QrCode address={state.share.urls[0]} magnet={state.share.magnet} />
          </details>
          <div class="actions">
            <ShareLink place={{ kind: 'share', id: state.share.id }}>{words.more}</ShareLink>
            <EndShare share={state.share} isSmall onEnded={end} />
          </div>
        </div>
      )}
    </Dialog>
  )
}

/** Shared when the dialog opens; what is shared already stays so. */
function useSharing(path: string) {
  const shares = useShares()
  const [state, setState] = useState<State>({ kind: 'sharing', percent: undefined })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const gone = new AbortController()
    const { signal } = gone
    const tell = (next: State): void => {
      if (!signal.aborted) setState(next)
    }
    const run = async (): Promise<void> => {
      tell({ kind: 'sharing', percent: undefined })
      try {
        const onHashing = (percent: number): void => tell({ kind: 'sharing', percent })
        tell({ kind: 'shared', share: await shares.share({ path }, { onHashing, signal }) })
      } catch (thrown) {
        if (signal.aborted) return
        if (!(thrown instanceof RingTrouble)) throw thrown
        tell({ kind: 'trouble', trouble: thrown })
      }
    }
    void run()
    return () => gone.abort()
  }, [path, turn])
  return {
    state,
    again: () => setTurn((before) => before + 1),
    end: () => setState({ kind: 'ended' }),
  }
}
