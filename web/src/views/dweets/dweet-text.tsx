/** What somebody wrote: always text; mentions, tags and addresses in it can be followed. */
import { dweetPieces, type DweetPiece } from '../../../../src/wire/dweet-text.ts'
import { PlaceLink } from './place-link.tsx'

interface DweetTextProps {
  readonly text: string
  /** Nicks that are people's; others are not led to. */
  readonly mentions: readonly string[]
}

export function DweetText({ mentions, text }: DweetTextProps) {
  return (
    <p class="dweet__text" dir="auto">
      {dweetPieces(text).map((piece, index) => (
        <Piece key={index} piece={piece} mentions={mentions} />
      ))}
    </p>
  )
}

function Piece({
  mentions,
  piece,
}: Pick<DweetTextProps, 'mentions'> & { readonly piece: DweetPiece }) {
  switch (piece.kind) {
    case 'text':
      return <>{piece.text}</>
    case 'mention':
      if (!mentions.includes(piece.nick)) return <>{piece.text}</>
      return (
        <PlaceLink place={{ kind: 'person', nick: piece.nick, part: 'dweets' }}>
          {piece.text}
        </PlaceLink>
      )
    case 'tag':
      return <PlaceLink place={{ kind: 'tag', tag: piece.tag }}>{piece.text}</PlaceLink>
    case 'link':
      return (
        <a href={piece.url} target="_blank" rel="noreferrer nofollow ugc">
          {piece.text}
        </a>
      )
  }
}
