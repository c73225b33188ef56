/** One way to ask for shares in a window. */
import { useMemo } from 'preact/hooks'

import { SharesClient } from '../../api/shares.ts'
import { useSession } from '../../state/session.ts'

export function useShares(): SharesClient {
  const { client } = useSession()
  return useMemo(() => new SharesClient(client), [client])
}
