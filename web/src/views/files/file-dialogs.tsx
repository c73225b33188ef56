/** The dialog that is open. */
import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { ROOT } from '../../model/file-paths.ts'
import { SHARE_TEXTS } from '../../texts/load-shares.ts'
import { parseLanguage } from '../../texts/texts.ts'
import { later } from '../later.tsx'
import type { EverybodyDialogProps } from '../shares/everybody-dialog.tsx'
import { useFileWords } from './file-words.ts'
import { LinkDialog } from './link-dialog.tsx'
import { NameDialog } from './name-dialog.tsx'
import { PlaceDialog } from './place-dialog.tsx'
import { PreviewDialog } from './preview-dialog.tsx'
import { ShareDialog } from './share-dialog.tsx'
import { StoryDialog } from './story-dialog.tsx'
import { useWhat, type Manager } from './use-manager.ts'
import { VersionsDialog } from './versions-dialog.tsx'

/** It comes when it is wanted, with what sharing needs. */
const EverybodyDialog = later<EverybodyDialogProps>(async () => {
  const { EverybodyDialog: View } = await import('../shares/everybody-dialog.tsx')
  await SHARE_TEXTS.load(parseLanguage(document.documentElement.lang) ?? 'en')
  return View
})

export type Dialog =
  | { readonly kind: 'make' | 'links' }
  | {
      readonly kind: 'rename' | 'share' | 'everybody' | 'link' | 'versions' | 'story' | 'preview'
      readonly entry: FileEntry
    }
  | { readonly kind: 'move' | 'copy'; readonly entries: readonly FileEntry[] }

interface FileDialogsProps {
  readonly dialog: Dialog
  readonly manager: Manager
  /** As they are listed. */
  readonly entries: readonly FileEntry[]
  readonly onDialog: (dialog: Dialog | undefined) => void
}

export function FileDialogs({ dialog, entries, manager, onDialog }: FileDialogsProps) {
  const { texts } = useFileWords()
  const what = useWhat()
  const close = (): void => onDialog(undefined)
  const names = entries.map(({ name }) => name)
  switch (dialog.kind) {
    case 'make':
      return <MakeDialog names={names} manager={manager} onClose={close} />
    case 'rename':
      return (
        <NameDialog
          title={texts.naming.rename(dialog.entry.name)}
          submit={texts.naming.renameSubmit}
          name={dialog.entry.name}
          isFolder={dialog.entry.kind === 'folder'}
          others={names.filter((name) => name !== dialog.entry.name)}
          onName={(name) => manager.rename(dialog.entry, name)}
          onClose={close}
        />
      )
    case 'share':
      return <ShareDialog entry={dialog.entry} onClose={close} />
    case 'everybody':
      return (
        <EverybodyDialog entry={dialog.entry} closeLabel={texts.actions.close} onClose={close} />
      )
    case 'link':
    case 'links':
      return <LinkDialog {...('entry' in dialog ? dialog : {})} onClose={close} />
    case 'versions':
      return (
        <VersionsDialog
          entry={dialog.entry}
          onRestored={() => manager.folder.again()}
          onClose={close}
        />
      )
    case 'story':
      return <StoryDialog entry={dialog.entry} onClose={close} />
    case 'preview':
      return (
        <PreviewDialog
          entry={dialog.entry}
          entries={entries.filter(({ kind }) => kind === 'file')}
          onEntry={(entry) => onDialog({ kind: 'preview', entry })}
          onClose={close}
        />
      )
    case 'move':
    case 'copy':
      return (
        <PlaceDialog
          how={dialog.kind}
          entries={dialog.entries}
          what={what(dialog.entries)}
          from={manager.folder.path || ROOT}
          onPlace={(folder) => {
            close()
            void manager.place(dialog.kind, dialog.entries, folder)
          }}
          onClose={close}
        />
      )
  }
}

interface MakeDialogProps extends Pick<FileDialogsProps, 'manager'> {
  /** Taken already. */
  readonly names: readonly string[]
  readonly onClose: () => void
}

function MakeDialog({ manager, names, onClose }: MakeDialogProps) {
  const { texts } = useFileWords()
  return (
    <NameDialog
      title={texts.naming.make}
      submit={texts.naming.makeSubmit}
      name=""
      isFolder
      others={names}
      onName={manager.makeFolder}
      onClose={onClose}
    />
  )
}
