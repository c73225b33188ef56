/** A dialog over the files, in their words. */
import type { ComponentChildren } from 'preact'

import { Dialog } from '../dialog.tsx'
import { useFileWords } from './file-words.ts'

interface ModalProps {
  readonly title: string
  readonly onClose: () => void
  readonly isWide?: boolean
  readonly children: ComponentChildren
}

export function Modal(props: ModalProps) {
  const { texts } = useFileWords()
  return <Dialog {...props} closeLabel={texts.actions.close} />
}
