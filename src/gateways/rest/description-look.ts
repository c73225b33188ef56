/** anillo's mark and name for the description of the API. The mark is that of `web/public`. */

const MARK_SHAPES = [
  '<circle cx="16" cy="16" r="11" fill="none" stroke="#b07d1c" stroke-width="3.5"/>',
  '<circle cx="16" cy="5" r="4" fill="#e3b045"/>',
  '<circle cx="25.5" cy="21.5" r="4" fill="#b07d1c"/>',
  '<circle cx="6.5" cy="21.5" r="4" fill="#b07d1c"/>',
].join('')

const SVG = 'xmlns="http://www.w3.org/2000/svg"'

export const ANILLO_MARK = `<svg ${SVG} viewBox="0 0 32 32">${MARK_SHAPES}</svg>`

const NAME_FONT = 'font-family="sans-serif" font-size="20" font-weight="600"'
const NAME_TEXT = `<text x="42" y="23" ${NAME_FONT} fill="#fff">anillo</text>`

const LOGO_SIZE = 'width="120" height="32" viewBox="0 0 120 32"'

/** Light on Swagger UI's dark bar. */
export const ANILLO_LOGO = `<svg ${SVG} ${LOGO_SIZE}>${MARK_SHAPES}${NAME_TEXT}</svg>`
