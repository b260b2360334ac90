import { runProgram } from '@ostiary/launcher'
import { createProgram } from './program.ts'

await runProgram(createProgram)
