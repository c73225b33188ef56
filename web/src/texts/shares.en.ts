/** Words of what is shared beyond the ring, in English. Its shape is what others must fill. */
import type { Share } from '../../../src/wire/api-shares.ts'
import type { DownloadState, Failure, SourceState } from '../../../src/wire/download-states.ts'
import type { DownloadWait } from '../../../src/wire/download-waits.ts'
import type { ContactState } from '../model/network-picture.ts'
import type { CellState } from '../model/pieces.ts'
import { HOPS_EN, type HopTexts } from './lookup-hops.en.ts'

export interface ShareTexts {
  readonly places: {
    readonly label: string
    readonly shares: string
    readonly lookup: string
    readonly downloads: string
    readonly network: string
  }
  readonly list: {
    readonly title: string
    readonly hint: string
    readonly none: string
    readonly fromFiles: string
    readonly table: string
    readonly name: string
    readonly size: string
    readonly by: string
    readonly at: string
    readonly health: string
    readonly next: string
    readonly actions: string
    readonly copyMagnet: string
    readonly copyMagnetOf: (name: string) => string
    readonly end: string
    readonly endOf: (name: string) => string
    readonly reallyEnd: (name: string) => string
    readonly ended: (name: string) => string
  }
  readonly health: {
    readonly untold: string
    readonly alone: string
    readonly known: (nodes: string, isOne: boolean) => string
    readonly doors: (count: string, isOne: boolean) => string
    readonly next: (time: string) => string
    /** It rests with the account of whoever shared it. */
    readonly heldBack: Readonly<Record<NonNullable<Share['heldBack']>, (by: string) => string>>
  }
  readonly share: {
    readonly title: string
    readonly back: string
    readonly noSuch: string
    readonly magnet: string
    readonly magnetHint: string
    readonly address: string
    readonly addressHint: string
    readonly addresses: (count: string) => string
    readonly copy: string
    readonly copyOf: (what: string) => string
    readonly copied: string
    readonly torrent: string
    readonly torrentHint: string
    readonly file: string
    readonly root: string
    readonly sha256: string
    readonly mainline: string
    readonly inMainline: (nodes: string, isOne: boolean, at: string) => string
    readonly told: string
    readonly toFile: string
  }
  readonly everybody: {
    readonly title: (name: string) => string
    readonly sharing: string
    readonly hashing: (percent: number) => string
    readonly shared: string
    readonly more: string
  }
  readonly code: {
    readonly title: string
    readonly of: string
    readonly choose: { readonly address: string; readonly magnet: string }
    /** For who does not see it. */
    readonly label: { readonly address: string; readonly magnet: string }
    readonly tooLong: string
    readonly missing: string
  }
  readonly outside: {
    readonly title: string
    readonly hint: string
    readonly looking: string
    readonly none: string
    readonly others: (count: string, isOne: boolean) => string
    readonly toOthers: string
    readonly table: string
    readonly url: string
    readonly publisher: string
    readonly ownRing: string
    readonly nobody: string
    readonly until: string
    readonly again: string
  }
  readonly lookup: {
    readonly title: string
    readonly hint: string
    readonly field: string
    readonly submit: string
    readonly looking: (name: string) => string
    readonly none: (name: string) => string
    readonly told: (name: string, count: string, isOne: boolean) => string
    readonly several: string
    readonly content: (number: string) => string
    readonly unproven: string
    readonly unprovenHint: string
    readonly publishers: (count: string, isOne: boolean) => string
    readonly providers: (count: string, isOne: boolean) => string
    readonly sizeUnknown: string
    readonly own: string
    readonly toOwn: string
    readonly download: string
    readonly downloadOf: (what: string) => string
    readonly texts: string
    readonly textsHint: string
    readonly root: string
  }
  readonly downloads: {
    readonly title: string
    readonly hint: string
    readonly field: string
    readonly fieldHint: string
    readonly submit: string
    readonly empty: string
    readonly none: string
    readonly table: string
    readonly name: string
    readonly state: string
    readonly progress: string
    readonly speed: string
    readonly begun: string
    readonly open: (name: string) => string
  }
  readonly download: {
    readonly back: string
    readonly noSuch: string
    readonly states: Readonly<Record<DownloadState, string>>
    readonly heard: Readonly<Record<DownloadState, (percent: string) => string>>
    readonly progress: string
    readonly of: (some: string, all: string) => string
    readonly rate: (bytes: string) => string
    readonly left: (time: string) => string
    readonly begunAt: (time: string) => string
    readonly took: (time: string) => string
    readonly unverified: string
    readonly verified: string
    readonly cancel: string
    readonly reallyCancel: string
    readonly forget: string
    readonly reallyForget: string
    readonly again: string
    readonly toFile: string
    readonly toShare: string
    readonly unshared: (why: string) => string
    readonly failed: string
    readonly cancelled: string
    readonly looking: string
    readonly waitsFor: Readonly<Record<DownloadWait, string>>
    readonly pause: string
    readonly resume: string
    readonly paused: string
    readonly waits: (why: string) => string
    readonly map: string
    readonly mapHint: (bytes: string) => string
    readonly mapTold: (words: {
      readonly have: string
      readonly all: string
      readonly underWay: string
    }) => string
    readonly cells: Readonly<Record<CellState, string>>
    readonly perCell: (pieces: string) => string
    readonly sources: string
    readonly sourcesTable: string
    readonly noSources: string
    readonly source: string
    readonly sourceState: string
    readonly sourceStates: Readonly<Record<SourceState, string>>
    readonly why: Readonly<Record<Failure, string>>
    readonly pieces: string
    readonly bytes: string
    readonly speed: string
    readonly has: string
    readonly hasUnknown: string
  }
  readonly network: {
    readonly title: string
    readonly hint: string
    readonly none: string
    readonly node: string
    readonly id: string
    readonly listens: string
    readonly held: string
    readonly heldTold: (keys: string, records: string, bytes: string) => string
    readonly buckets: string
    readonly bucketsHint: string
    readonly bucketsTable: string
    readonly told: (contacts: string, buckets: string, suspects: string) => string
    readonly sharedBits: string
    readonly contacts: string
    readonly contactsTable: string
    readonly suspects: string
    readonly capable: string
    readonly replacements: string
    readonly roundTrip: string
    readonly address: string
    readonly state: string
    readonly states: Readonly<Record<ContactState, string>>
    readonly stock: string
    readonly lookups: string
    readonly lookupsTable: string
    readonly noLookups: string
    readonly key: string
    readonly kind: string
    readonly kinds: { readonly nodes: string; readonly values: string }
    readonly took: string
    readonly rounds: string
    readonly answered: string
    readonly of: (some: string, all: string) => string
    readonly closest: string
    readonly hops: HopTexts
  }
}

export const SHARES_EN: ShareTexts = {
  places: {
    label: 'Parts of sharing',
    shares: 'Shares',
    lookup: 'Look up',
    downloads: 'Downloads',
    network: 'Network',
  },
  list: {
    title: 'Shared with everybody',
    hint: 'What anybody outside may download. Any member serves it, and the ring tells the open network of it again every six hours.',
    none: 'Nothing is shared with everybody.',
    fromFiles: 'Choose a file in Files, and press “Share with everybody”.',
    table: 'Shares',
    name: 'Name',
    size: 'Size',
    by: 'By',
    at: 'Since',
    health: 'Health',
    next: 'Told again',
    actions: 'Actions',
    copyMagnet: 'Copy magnet link',
    copyMagnetOf: (name) => `Copy magnet link of ${name}`,
    end: 'End share',
    endOf: (name) => `End share of ${name}`,
    reallyEnd: (name) =>
      `End the share of “${name}”? The file stays. Who has it already may share it on.`,
    ended: (name) => `“${name}” is shared no more.`,
  },
  health: {
    untold: 'Not told outside yet',
    alone: 'No node of the open network took it: give its link to those who are to have it',
    known: (nodes, isOne) =>
      isOne ? '1 node of the open network knows it' : `${nodes} nodes of the open network know it`,
    doors: (count, isOne) => (isOne ? '1 member serves it' : `${count} members serve it`),
    next: (time) => `told again ${time}`,
    heldBack: {
      suspended: (by) => `Rests: the account of ${by} is suspended, so nobody outside is given it`,
      forbidden: (by) => `Rests: ${by} may not share any more, so nobody outside is given it`,
      gone: (by) => `Ends: the account of ${by} was deleted`,
    },
  },
  share: {
    title: 'Share',
    back: 'All shares',
    noSuch: 'There is no such share any more.',
    magnet: 'Magnet link',
    magnetHint: 'For another ring, and for clients of BitTorrent v2.',
    address: 'Address',
    addressHint: 'For a browser or curl.',
    addresses: (count) => `Addresses (${count})`,
    copy: 'Copy',
    copyOf: (what) => `Copy: ${what}`,
    copied: 'Copied.',
    torrent: 'Save the .torrent file',
    torrentHint: 'For clients of BitTorrent v2 that take no magnet link without peers.',
    file: 'Was shared from',
    root: 'Root of its hash tree',
    sha256: 'SHA-256',
    mainline: 'In Mainline',
    inMainline: (nodes, isOne, at) =>
      `${nodes} ${isOne ? 'node of BitTorrent’s DHT knows' : 'nodes of BitTorrent’s DHT know'} where it is; told ${at}`,
    told: 'Told outside',
    toFile: 'Show the file',
  },
  everybody: {
    title: (name) => `Share “${name}” with everybody`,
    sharing: 'Sharing …',
    hashing: (percent) => `Making its hashes: ${percent} % …`,
    shared: 'It is shared: anybody who has the link, or looks for its name, can download it.',
    more: 'Show the share',
  },
  code: {
    title: 'QR code',
    of: 'What it leads to',
    choose: { address: 'the address', magnet: 'the magnet link' },
    label: {
      address: 'QR code of the address above',
      magnet: 'QR code of the magnet link above',
    },
    tooLong: 'This is too long for a QR code: copy it.',
    missing: 'The QR code could not be loaded: copy the link.',
  },
  outside: {
    title: 'Who has it',
    hint: 'As the open network tells it now.',
    looking: 'Looking through the open network …',
    none: 'Nobody is named there for this content.',
    others: (count, isOne) =>
      isOne
        ? 'Another content has the same name there.'
        : `${count} other contents have the same name there.`,
    toOthers: 'Show all under this name',
    table: 'Providers',
    url: 'Address',
    publisher: 'Publisher',
    ownRing: 'this ring',
    nobody: 'nobody signed it',
    until: 'Until',
    again: 'Look again',
  },
  lookup: {
    title: 'Look up a name',
    hint: 'What others share under a name in the open network.',
    field: 'Name, as it is called there',
    submit: 'Look up',
    looking: (name) => `Looking for “${name}” …`,
    none: (name) =>
      `Nothing stands under “${name}”. Names count exactly, capitals too; with a magnet link it can be had without its name.`,
    told: (name, count, isOne) =>
      isOne ? `One content is called “${name}”.` : `${count} contents are called “${name}”.`,
    several: 'These are different contents: look who publishes them, and choose one.',
    content: (number) => `Content ${number}`,
    unproven: 'Not verified',
    unprovenHint: 'Nobody signed this address. What comes from it may be anything.',
    publishers: (count, isOne) => (isOne ? '1 publisher' : `${count} publishers`),
    providers: (count, isOne) => (isOne ? '1 provider' : `${count} providers`),
    sizeUnknown: 'size not known',
    own: 'This ring shares it already.',
    toOwn: 'Show the share',
    download: 'Download',
    downloadOf: (what) => `Download ${what}`,
    texts: 'Other values under this name',
    textsHint: 'Set by programs that are not anillo; they lead to no file.',
    root: 'Root',
  },
  downloads: {
    title: 'Downloads',
    hint: 'What you have from other rings. The ring goes on with it, whichever member dies, and serves it on.',
    field: 'Magnet link, name or root',
    fieldHint: 'The file lands in Downloads of your folder.',
    submit: 'Download',
    empty: 'Paste a magnet link, or type a name.',
    none: 'No downloads so far.',
    table: 'Downloads',
    name: 'Name',
    state: 'State',
    progress: 'There',
    speed: 'Speed',
    begun: 'Begun',
    open: (name) => `Show the download of ${name}`,
  },
  download: {
    back: 'All downloads',
    noSuch: 'There is no such download any more.',
    states: {
      looking: 'looking for sources',
      downloading: 'downloading',
      joining: 'becoming a file',
      paused: 'paused',
      done: 'done',
      failed: 'failed',
      cancelled: 'cancelled',
    },
    heard: {
      looking: () => 'Looking for sources.',
      downloading: (percent) => `Downloading, ${percent} are there.`,
      joining: () => 'All pieces are there.',
      paused: (percent) => `The download is paused, ${percent} are there.`,
      done: () => 'The download is done.',
      failed: () => 'The download failed.',
      cancelled: () => 'The download is cancelled.',
    },
    progress: 'How much is there',
    of: (some, all) => `${some} of ${all}`,
    rate: (bytes) => `${bytes}/s`,
    left: (time) => `${time} left`,
    begunAt: (time) => `begun ${time}`,
    took: (time) => `took ${time}`,
    verified: 'Each piece is verified before it is kept.',
    unverified: 'Not verified: nobody gave hashes, so what comes may be anything.',
    cancel: 'Cancel',
    reallyCancel: 'Cancel this download? What is there of it goes.',
    forget: 'Take from the list',
    reallyForget: 'Take it from the list? The file and its share stay.',
    again: 'Begin again',
    toFile: 'Show the file',
    toShare: 'Show its share',
    unshared: (why) => `It is there, and not shared on: ${why}`,
    failed: 'Begin it again, or look the name up for who else has it.',
    cancelled: 'It was cancelled, and what was there of it is gone.',
    pause: 'Pause',
    resume: 'Resume',
    paused: 'It is paused. What is there stays for 30 days, and is served on.',
    waits: (why) => `It waits, and goes on by itself once it may: ${why}`,
    looking: 'Nobody who has it can be reached now. The ring looks again every ten seconds.',
    waitsFor: {
      private:
        'Its only addresses are in private networks; the setting sharePrivate on allows them.',
      anybody: 'Nobody who can be reached has the rest; waiting for somebody.',
    },
    map: 'Pieces',
    mapHint: (bytes) => `A piece has up to ${bytes}.`,
    mapTold: ({ all, have, underWay }) =>
      `${have} of ${all} pieces are there, ${underWay} on their way.`,
    cells: {
      have: 'there',
      part: 'partly there',
      underWay: 'on the way',
      missing: 'missing',
    },
    perCell: (pieces) => `Each square stands for ${pieces} pieces.`,
    sources: 'Sources',
    sourcesTable: 'Who gives what',
    noSources: 'None is known now.',
    source: 'Source',
    sourceState: 'State',
    sourceStates: {
      idle: 'ready',
      active: 'giving',
      resting: 'resting',
      dropped: 'given up',
    },
    why: {
      refused: 'cannot be reached',
      broken: 'broke off',
      silent: 'gave nothing for a while',
      busy: 'has no room now',
      missing: 'has none of what is missing',
      forbidden: 'may not be asked',
      gone: 'has it no more',
      corrupt: 'gave wrong bytes',
      slow: 'others were faster',
    },
    pieces: 'Pieces',
    bytes: 'Bytes',
    speed: 'Speed',
    has: 'Has',
    hasUnknown: 'not known',
  },
  network: {
    title: 'The open network',
    hint: 'Nodes of Kademlia that find values by name, as the member sees them that this page speaks to.',
    none: 'This member has no node in the open network: names are found by other members, or not at all. Magnet links work all the same.',
    node: 'Own node',
    id: 'Id',
    listens: 'Listens at',
    held: 'Keeps for others',
    heldTold: (keys, records, bytes) => `names: ${keys}; records: ${records}; ${bytes}`,
    buckets: 'Whom it knows',
    bucketsHint:
      'A bucket holds nodes of one distance: the more leading bits of the id they share with the own one, the closer they are.',
    bucketsTable: 'Contacts by distance',
    told: (contacts, buckets, suspects) =>
      `Contacts: ${contacts}; buckets: ${buckets}; did not answer last: ${suspects}.`,
    sharedBits: 'Shared bits',
    contacts: 'Contacts',
    contactsTable: 'All contacts',
    suspects: 'No answer',
    capable: 'Know records',
    replacements: 'In reserve',
    roundTrip: 'Round trip',
    address: 'Address',
    state: 'State',
    states: { alive: 'answers', suspect: 'did not answer', unknown: 'not asked yet' },
    stock: 'plain values only',
    lookups: 'Last look-ups',
    lookupsTable: 'Look-ups, the latest first',
    noLookups: 'None so far.',
    key: 'Key',
    kind: 'For',
    kinds: { nodes: 'nodes', values: 'values' },
    took: 'Took',
    rounds: 'Hops',
    answered: 'Answered',
    of: (some, all) => `${some} of ${all}`,
    closest: 'Closest nodes, with round trips',
    hops: HOPS_EN,
  },
}
