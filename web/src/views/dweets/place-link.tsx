/** Links from one part of the microblog to another. */
import type { ComponentChildren } from 'preact'

import type { View } from '../../model/accounts.ts'
import { placeText, type DweetPlace } from '../../model/dweet-place.ts'
import { ViewLink } from '../accounts/parts.tsx'

interface PlaceLinkProps {
  readonly place: DweetPlace
  readonly class?: string
  readonly isHere?: boolean
  readonly children: ComponentChildren
}

export function PlaceLink({ place, ...rest }: PlaceLinkProps) {
  return <ViewLink view={viewOf(place)} {...rest} />
}

export function viewOf(place: DweetPlace): View {
  const at = placeText(place)
  return at === undefined ? { name: 'dweets' } : { name: 'dweets', at }
}

/** By name and nick, to the profile. */
export function PersonLink({ nick, name }: { readonly nick: string; readonly name: string }) {
  return (
    <PlaceLink place={{ kind: 'person', nick, part: 'dweets' }} class="dweet__person">
      <bdi class="dweet__name">{name}</bdi> <span class="quiet">@{nick}</span>
    </PlaceLink>
  )
}
