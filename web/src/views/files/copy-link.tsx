/** The button that copies a public link. */
import type { PublicLink } from '../../../../src/wire/api-links.ts'
import { CopyButton } from '../copy-button.tsx'
import { useFileWords } from './file-words.ts'

interface CopyLinkProps {
  readonly link: PublicLink
  readonly label: string
  /** For who hears it without what stands beside it. */
  readonly name?: string
}

export function CopyLink({ link, ...rest }: CopyLinkProps) {
  const { texts } = useFileWords()
  return <CopyButton text={link.url} copied={texts.links.copied} {...rest} />
}
