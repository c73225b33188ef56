/** What holds for the commands after it, and what the server tells of itself. Pure. */
import { DIGEST_NAMES } from '../../base/digests.ts'
import { chosenFacts, FACTS } from './listing.ts'
import { reply } from './replies.ts'
import { replied, type Session, type Step } from './session.ts'
import { badArgument, freeVerb, verb, wholeNumber, work, type Verbs } from './verb.ts'

export const PARAMETER_VERBS: Verbs = {
  TYPE: verb('<A|I|L 8>', type),
  STRU: verb('<F>', (session, structure) => one(session, structure, { taken: 'F', no: 'RP' })),
  MODE: verb('<S>', (session, mode) => one(session, mode, { taken: 'S', no: 'BC' })),
  REST: verb('<byte>', (session, text) => {
    const restartAt = wholeNumber(text)
    if (restartAt === undefined) return badArgument(session, 'REST takes a number of bytes.')
    return replied({ ...session, restartAt }, reply(350, `Going on at byte ${restartAt}.`))
  }),
  RANG: verb('<first> <last>', range),
  ALLO: verb('<bytes> [R <bytes>]', (session, argument) => {
    const bytes = wholeNumber(/^\d+(?=$| +R +\d+$)/i.exec(argument)?.[0])
    if (bytes === undefined) return badArgument(session, 'ALLO takes a number of bytes.')
    return work(session, { do: 'room', bytes })
  }),
  OPTS: freeVerb('<UTF8 ON|MLST facts|HASH name>', options),
  LANG: freeVerb('[<language>]', (session, language) =>
    /^(|en(-\w+)?)$/i.test(language)
      ? replied(session, reply(200, 'Replies are in English.'))
      : replied(session, reply(504, 'Replies are in English alone.')),
  ),
  CLNT: freeVerb('<name>', (session) => replied(session, reply(200, 'Noted.'))),
  CSID: freeVerb('<facts>', (session) => {
    const { version } = session.rules
    const facts = `Name=anillo; Version=${version}; CaseSensitive=1; DirSep=/;`
    return replied(session, reply(200, facts))
  }),
  NOOP: freeVerb('', (session) => replied(session, reply(200, 'Here.'))),
  SYST: freeVerb('', (session) => replied(session, reply(215, 'UNIX Type: L8'))),
  SMNT: verb('<path>', (session) => replied(session, reply(502, 'There is one tree.'))),
}

function type(session: Session, argument: string): Step {
  const [letter = '', form = ''] = argument.toUpperCase().split(/ +/)
  if (letter === 'I' || (letter === 'L' && form === '8')) {
    return replied({ ...session, type: 'I' }, reply(200, 'Bytes go as they are.'))
  }
  if (letter === 'A' && /^N?$/.test(form)) {
    return replied({ ...session, type: 'A' }, reply(200, 'Lines end with CR and LF on the way.'))
  }
  return /^[AEL]$/.test(letter)
    ? replied(session, reply(504, 'There are TYPE A and TYPE I.'))
    : badArgument(session, 'There is no such type: TYPE A, or TYPE I.')
}

function one(
  session: Session,
  argument: string,
  { no, taken }: { readonly taken: string; readonly no: string },
): Step {
  const letter = argument.toUpperCase()
  if (letter === taken) return replied(session, reply(200, `It is ${taken}.`))
  return letter.length === 1 && no.includes(letter)
    ? replied(session, reply(504, `There is ${taken} alone.`))
    : badArgument(session, `There is ${taken} alone.`)
}

/** First and last byte, both included; a first one behind the last takes the range back. */
function range(session: Session, argument: string): Step {
  const [first, last] = argument.split(/ +/).map(wholeNumber)
  if (first === undefined || last === undefined) {
    return badArgument(session, 'RANG takes the first and the last byte.')
  }
  if (first > last) return replied({ ...session, range: undefined }, reply(350, 'No range.'))
  const chosen = { from: first, to: last + 1 }
  return replied({ ...session, range: chosen }, reply(350, `From byte ${first} to ${last}.`))
}

function options(session: Session, argument: string): Step {
  const [, name = '', rest = ''] = /^(\S+) ?(.*)$/s.exec(argument) ?? []
  switch (name.toUpperCase()) {
    case 'UTF8':
    case 'UTF-8':
      return /^(|ON)$/i.test(rest)
        ? replied(session, reply(200, 'Names are UTF-8.'))
        : replied(session, reply(504, 'Names are always UTF-8.'))
    case 'MLST': {
      const facts = chosenFacts(rest)
      const told = facts.map((fact) => `${fact};`).join('')
      return replied({ ...session, facts }, reply(200, `MLST OPTS ${told}`.trimEnd()))
    }
    case 'HASH': {
      const digest = DIGEST_NAMES.find((known) => known === rest.toUpperCase())
      if (rest === '') return replied(session, reply(200, session.digest))
      if (digest === undefined) return badArgument(session, `Known: ${DIGEST_NAMES.join(', ')}.`)
      return replied({ ...session, digest }, reply(200, digest))
    }
    default:
      return badArgument(session, 'This has no options.')
  }
}

/** RFC 2389: one extension a line. */
export function features({ digest, facts, rules }: Session): readonly string[] {
  const digests = DIGEST_NAMES.map((name) => (name === digest ? `${name}*` : name)).join(';')
  const chosen = FACTS.map((fact) => `${fact}${facts.includes(fact) ? '*' : ''};`).join('')
  return [
    ...(rules.hasTls ? ['AUTH TLS', 'PBSZ', 'PROT'] : []),
    'AVBL',
    'CLNT',
    'COMB',
    'CSID',
    'EPRT',
    'EPSV',
    `HASH ${digests}`,
    'HOST',
    'LANG EN*',
    'MDTM',
    'MFCT',
    'MFF Modify;Create;UNIX.mode;',
    'MFMT',
    `MLST ${chosen}`,
    'RANG STREAM',
    'REST STREAM',
    'SIZE',
    'TVFS',
    'UTF8',
    'XCRC',
    'XMD5',
    'XSHA',
    'XSHA1',
    'XSHA256',
    'XSHA512',
  ]
}
