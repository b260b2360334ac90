/**
 * Letters that text may hold, but that end a line for some readers (U+0085, U+2028, U+2029), make a terminal act (U+007F to
 * U+009F) or turn the order of what is shown (the bidirectional ones). A fixed list, so that every version of Node writes
 * the same bytes.
 */
export const riskyLetters: RegExp = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
