/** Links from one part of sharing to another. */
import type { ComponentChildren } from 'preact'

import type { View } from '../../model/accounts.ts'
import { sharePlaceText, type SharePlace } from '../../model/share-place.ts'
import { ViewLink } from '../accounts/parts.tsx'

interface ShareLinkProps {
  readonly place: SharePlace
  readonly class?: string
  readonly isHere?: boolean
  readonly label?: string
  readonly children: ComponentChildren
}

export function ShareLink({ place, ...rest }: ShareLinkProps) {
  return <ViewLink view={shareViewOf(place)} {...rest} />
}

export function shareViewOf(place: SharePlace): View {
  const at = sharePlaceText(place)
  return at === undefined ? { name: 'shares' } : { name: 'shares', at }
}
