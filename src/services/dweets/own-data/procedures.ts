/** Procedures of what people take along and bring, and of how long what they published stays. */
import { importPublications } from './import-procedures.ts'
import { clearPublications, expire, retain } from './retention-procedures.ts'

export const OWN_DATA_PROCEDURES = [importPublications, retain, expire, clearPublications]
