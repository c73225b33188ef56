/** Line drawings of 20 units; their colour is the text's. */
import type { ComponentChildren } from 'preact'

export function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  )
}

export function RingMark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle class="mark__ring" cx="16" cy="16" r="11" />
      <circle class="mark__first" cx="16" cy="5" r="4" />
      <circle class="mark__member" cx="25.5" cy="21.5" r="4" />
      <circle class="mark__member" cx="6.5" cy="21.5" r="4" />
    </svg>
  )
}

export function Sun() {
  return (
    <Icon>
      <circle cx="10" cy="10" r="3.5" />
      <path d="M10 1.5v2.5M10 16v2.5M1.5 10h2.5M16 10h2.5" />
      <path d="M4 4l1.8 1.8M14.2 14.2 16 16M4 16l1.8-1.8M14.2 5.8 16 4" />
    </Icon>
  )
}

export function Moon() {
  return (
    <Icon>
      <path d="M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7Z" />
    </Icon>
  )
}

export function Cross() {
  return (
    <Icon>
      <path d="m5 5 10 10M15 5 5 15" />
    </Icon>
  )
}

export function Arrow() {
  return (
    <Icon>
      <path d="M3.5 10h13M11 4.5l5.5 5.5-5.5 5.5" />
    </Icon>
  )
}

export function Person() {
  return (
    <Icon>
      <circle cx="10" cy="6.5" r="3.5" />
      <path d="M3.5 17.5c.6-3.6 3.2-5.4 6.5-5.4s5.9 1.8 6.5 5.4" />
    </Icon>
  )
}

export function Bell() {
  return (
    <Icon>
      <path d="M4.5 14.5V9a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H3Z" />
      <path d="M8.5 18h3" />
    </Icon>
  )
}
