/** What can be done with a dweet, drawn. */
import { Icon } from '../icons.tsx'

export function ReplyIcon() {
  return (
    <Icon>
      <path d="M8 5 3.5 9.5 8 14M3.5 9.5H12a4.5 4.5 0 0 1 4.5 4.5v1.5" />
    </Icon>
  )
}

export function RedweetIcon() {
  return (
    <Icon>
      <path d="M14 3.5 16.5 6 14 8.5M16.5 6h-10A3 3 0 0 0 3.5 9v1" />
      <path d="M6 16.5 3.5 14 6 11.5M3.5 14h10a3 3 0 0 0 3-3v-1" />
    </Icon>
  )
}

export function LikeIcon() {
  return (
    <Icon>
      <path d="M10 16.5S3 12.5 3 7.8A3.8 3.8 0 0 1 10 5.8a3.8 3.8 0 0 1 7 2c0 4.7-7 8.7-7 8.7Z" />
    </Icon>
  )
}

export function BookmarkIcon() {
  return (
    <Icon>
      <path d="M5.5 3.5h9v13L10 13l-4.5 3.5Z" />
    </Icon>
  )
}

/** What is attached. */
export function Clip() {
  return (
    <Icon>
      <path d="M14.5 8.5 8.8 14.2a2.6 2.6 0 0 1-3.7-3.7l6.4-6.4a1.8 1.8 0 0 1 2.5 2.5l-6 6" />
    </Icon>
  )
}
