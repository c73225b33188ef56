/**
 * A testimony: what several members say that they saw of one page, with all that is needed to check
 * it without a ring (docs/spec/testimony.md). One document of JSON, written in one way, so that a
 * changed byte never goes unseen. Pure.
 */
import { Type, type Static } from 'typebox'

import { reader } from './method.ts'
import { STATEMENT_CHARS_MAX } from './statement.ts'

export const TESTIMONY_FORMAT = 'anillo testimony 1'

export const WITNESSES_MIN = 2
export const WITNESSES_MAX = 5

/** Of a P-256 certificate with what ours say, twice over. */
const PEM_CHARS_MAX = 2_048
/** DER of two numbers of 32 bytes, in base64. */
const SIGNATURE_CHARS_MAX = 128
/** A ring that changes its authority has two. */
const AUTHORITIES_MAX = 3

const Pem = Type.String({ minLength: 1, maxLength: PEM_CHARS_MAX })

/** One member's statement, and what it is checked with. */
export const SignedStatement = Type.Object(
  {
    /** The very text that was signed. */
    text: Type.String({ minLength: 1, maxLength: STATEMENT_CHARS_MAX }),
    /** ECDSA P-256 with SHA-256 (FIPS 186-5), DER (RFC 3279, 2.2.3), base64. */
    signature: Type.String({ minLength: 1, maxLength: SIGNATURE_CHARS_MAX }),
    /** Of the member, PEM. */
    certificate: Pem,
  },
  { additionalProperties: false },
)
export type SignedStatement = Static<typeof SignedStatement>

/** The first statement is that of the member whose copy is kept. */
export const Testimony = Type.Object(
  {
    format: Type.Literal(TESTIMONY_FORMAT),
    statements: Type.Array(SignedStatement, { minItems: 1, maxItems: WITNESSES_MAX }),
    /** That signed the certificates, PEM, each once. */
    authorities: Type.Array(Pem, { minItems: 1, maxItems: AUTHORITIES_MAX }),
  },
  { additionalProperties: false },
)
export type Testimony = Static<typeof Testimony>

/** Of the longest: less than a record holds. */
export const TESTIMONY_CHARS_MAX = 56 * 1_024

const readShape = reader(Testimony)

/** The document, in the one way in which it is written. */
export function testimonyText({ authorities, statements }: Testimony): string {
  const ordered = {
    format: TESTIMONY_FORMAT,
    statements: statements.map(({ certificate, signature, text }) => ({
      text,
      signature,
      certificate,
    })),
    authorities,
  }
  return `${JSON.stringify(ordered, null, 2)}\n`
}

/** `undefined`: it is no testimony, or not written in the one way. */
export function readTestimony(text: string): Testimony | undefined {
  if (text.length > TESTIMONY_CHARS_MAX) return undefined
  const testimony = readShape(tryJson(text))
  return testimony !== undefined && testimonyText(testimony) === text ? testimony : undefined
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
