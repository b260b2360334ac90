import colors from 'picocolors'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 100
const labelWidth = 16

/** Where steps are shown. */
export interface StepScreen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/**
 * Steps of something that takes a while, one line each: on a terminal one that moves while it is under way, in a pipe one
 * when it changes and one when it is done.
 */
export class Steps {
  readonly #screen: StepScreen
  readonly #nowMs: () => number
  #timer: NodeJS.Timeout | undefined
  #frame = 0
  #label = ''
  #note = ''
  #startedMs = 0

  constructor(screen: StepScreen = process.stderr, nowMs: () => number = () => performance.now()) {
    this.#screen = screen
    this.#nowMs = nowMs
  }

  begin(label: string, note = ''): void {
    this.#clear()
    this.#label = label
    this.#startedMs = this.#nowMs()
    if (this.#screen.isTTY === true) this.#timer = setInterval(() => this.#draw(), frameMs)
    this.note(note)
  }

  /** What it is busy with now. */
  note(note: string): void {
    this.#note = note
    if (this.#screen.isTTY === true) this.#draw()
    else if (note !== '') this.#screen.write(`${this.#label}: ${note}\n`)
  }

  done(result: string): void {
    this.#clear()
    const { isTTY } = this.#screen
    const tookText = `${((this.#nowMs() - this.#startedMs) / 1000).toFixed(1)} s`
    if (isTTY === true)
      this.#screen.write(`${colors.green('✓')} ${this.#label.padEnd(labelWidth)} ${result}  ${colors.dim(tookText)}\n`)
    else this.#screen.write(`${this.#label}: ${result} (${tookText})\n`)
  }

  /** Says something between steps, or without ending one. */
  say(text: string): void {
    if (this.#screen.isTTY === true) this.#screen.write('\r\x1b[2K')
    this.#screen.write(`${text}\n`)
  }

  /** Ends the step that is under way, if one is, without a word. */
  close(): void {
    this.#clear()
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % frames.length
    const seconds = Math.floor((this.#nowMs() - this.#startedMs) / 1000)
    const text = `${this.#label.padEnd(labelWidth)} ${this.#note}`
    this.#screen.write(`\r\x1b[2K${colors.cyan(frames[this.#frame]!)} ${text}  ${colors.dim(`${seconds} s`)}`)
  }

  #clear(): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#screen.write('\r\x1b[2K')
  }
}
