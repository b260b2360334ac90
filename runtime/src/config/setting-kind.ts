import { z } from 'zod'
import { durationText, parseDurationMs } from './duration.ts'

/** Files a setting of paths can name. */
export const pathsMax = 64
/** Characters of a path. */
const pathLengthMax = 4096

/** What values a setting takes: how to say it and how to read it. Each also reads the text of a flag or variable. */
export interface SettingKind<Value> {
  /** Completes "expected …". */
  readonly words: string
  readonly schema: z.ZodType<Value>
  /** A value as it would be written. */
  text(value: Value): string
  /** Whether relative values are relative to the file that states them. */
  readonly isPath?: boolean
}

const decimal = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,15})?$/)
  .transform(Number)

/** A number from `min` to `max`. */
export function number(min: number, max: number): SettingKind<number> {
  return {
    words: `a number from ${min} to ${max}`,
    schema: z.union([z.number(), decimal]).pipe(z.number().min(min).max(max)),
    text: String,
  }
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): SettingKind<number> {
  return {
    words: `a whole number from ${min} to ${max}`,
    schema: z.union([z.number(), decimal]).pipe(z.int().min(min).max(max)),
    text: String,
  }
}

/** A time span, in ms as a number or such as `15m` as text. */
export function duration(minMs: number, maxMs: number): SettingKind<number> {
  const spelled = z.string().transform((text) => parseDurationMs(text) ?? Number.NaN)
  return {
    words: `a duration from ${durationText(minMs)} to ${durationText(maxMs)}, such as 15m or 6h`,
    schema: z.union([z.number(), spelled]).pipe(z.int().min(minMs).max(maxMs)),
    text: durationText,
  }
}

/** One of the words of a list, in any case. */
export function choice<Word extends string>(words: readonly Word[]): SettingKind<Word> {
  const byLowerCase = new Map(words.map((word) => [word.toLowerCase(), word]))
  return {
    words: `one of ${words.join(', ')}`,
    schema: z
      .string()
      .transform((text) => byLowerCase.get(text.toLowerCase()) ?? text)
      .pipe(z.enum(words)),
    text: String,
  }
}

/** Some of the words of a list, each once, in an order that counts; as a list, or as text with commas between. */
export function choices<Word extends string>(words: readonly Word[]): SettingKind<readonly Word[]> {
  const byLowerCase = new Map<string, string>(words.map((word) => [word.toLowerCase(), word]))
  const list = z
    .array(z.string().transform((text) => byLowerCase.get(text.toLowerCase()) ?? text))
    .pipe(z.array(z.enum(words)).min(1))
    .refine((given) => new Set(given).size === given.length)
  const spelled = z.string().transform((text) => text.split(',').map((word) => word.trim()))
  return {
    words: `a list of ${words.join(', ')}, each at most once`,
    schema: z.union([z.array(z.string()), spelled]).pipe(list),
    text: (value) => value.join(', '),
  }
}

/** Text of one form; `words` says which. */
export function text(pattern: RegExp, words: string): SettingKind<string> {
  return { words, schema: z.string().regex(pattern), text: String }
}

const pathSchema = z
  .string()
  .min(1)
  .max(pathLengthMax)
  .refine((path) => !path.includes('\0'))

/** The path of one file or folder; `''` for none. */
export function path(): SettingKind<string> {
  return { words: 'a path', schema: z.union([z.literal(''), pathSchema]), text: String, isPath: true }
}

/** The paths of files, as a list or as one. */
export function paths(): SettingKind<readonly string[]> {
  const list = z.array(pathSchema).max(pathsMax)
  return {
    words: `a list of at most ${pathsMax} paths`,
    schema: z.union([list, pathSchema.transform((one) => [one])]),
    text: (value) => value.join(', '),
    isPath: true,
  }
}
