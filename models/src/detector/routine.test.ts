import { describe, expect, it } from 'vitest'
import { dayMs, minuteMs, startMs, testEvent } from '../detections/test-event.ts'
import { createPipeline, type PipelineOutput } from '../pipeline.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { defaultDetectorOptions } from './options.ts'

/** Works for `days` days and, with `habit`, stops a trail on each of the first days; then stops one on the last. */
function alertsOfStop(habitDays: number): PipelineOutput[] {
  const pipeline = createPipeline(
    { ...defaultDetectorOptions, digestBits: 1e9 },
    { model: uncalibratedModel, tablesId: '', codeVersion: '', scores: false },
    { alertsPerDay: 10, pageBits: 1e9, casesMax: 100 },
  )
  const state = pipeline.init()
  let alerts: PipelineOutput[] = []
  for (let day = 0; day < 20; day++) {
    for (let i = 0; i < 30; i++)
      pipeline.step(state, testEvent({ time: startMs + day * dayMs + i * minuteMs, event_uid: `${day}-${i}` }))
    if (day >= habitDays && day < 19) continue
    alerts = [
      ...pipeline.step(
        state,
        testEvent({
          time: startMs + day * dayMs + 40 * minuteMs,
          event_uid: `stop-${day}`,
          api: { service: 'cloudtrail', operation: 'StopLogging', access_level: 'write' },
          facts: ['audit.disabled'],
        }),
      ),
    ]
  }
  return alerts
}

describe('routine', () => {
  it('a policy about an action pages for an identity that never did it, whatever the budget and the score', () => {
    expect(alertsOfStop(0)).toMatchObject([
      { kind: 'alert', alert: { disposition: 'page', policies: ['audit_disabled'] } },
    ])
  })

  it('an identity whose habit it is gives no news by doing it again', () => {
    expect(alertsOfStop(18)).toEqual([])
  })
})
