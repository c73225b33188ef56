/** The JSON of what is shown with dweets. */
import { Type, type Static } from 'typebox'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })

export type AttachmentKind = 'picture' | 'video' | 'audio' | 'file'

export const Attachment = Type.Object({
  /** 32 hex digits. */
  id: Text,
  kind: Type.Unsafe<AttachmentKind>(
    Type.Union([
      Type.Literal('picture'),
      Type.Literal('video'),
      Type.Literal('audio'),
      Type.Literal('file'),
    ]),
  ),
  /** Media type, as its bytes tell it. */
  type: Text,
  name: Text,
  bytes: Count,
  /** 64 hex digits. */
  sha256: Text,
  /** Of a picture, in pixels. */
  width: Type.Optional(Count),
  height: Type.Optional(Count),
  /** For whoever does not see it. */
  description: Type.Optional(Text),
  /** Of its bytes, at any member. */
  url: Text,
})
export type Attachment = Static<typeof Attachment>

/** How one of that media type is shown. */
export function attachmentKind(type: string): AttachmentKind {
  if (type === 'image/svg+xml') return 'file'
  if (type.startsWith('image/')) return 'picture'
  if (type.startsWith('video/')) return 'video'
  return type.startsWith('audio/') ? 'audio' : 'file'
}
