import { type DataFrame, type FieldDisplay, type GrafanaTheme2, getFieldDisplayValues } from '@grafana/data'
import { BigValue, VizRepeater, type VizRepeaterRenderValueProps } from '@grafana/ui'
import type { ComponentProps } from 'react'

interface StatPanelProps {
  readonly frames: DataFrame[]
  readonly options: Record<string, unknown>
  readonly theme: GrafanaTheme2
  readonly width: number
  readonly height: number
}

const takenForGranted = { graphMode: 'area', colorMode: 'value', justifyMode: 'auto', textMode: 'auto' }

/** A number for each series, by Grafana's own component. */
export function StatPanel({ frames, options, theme, width, height }: StatPanelProps) {
  const values = (): FieldDisplay[] =>
    getFieldDisplayValues({
      fieldConfig: { defaults: {}, overrides: [] },
      reduceOptions: options['reduceOptions'] as never,
      replaceVariables: (text) => text,
      theme,
      data: frames,
      sparkline: options['graphMode'] !== 'none',
      timeZone: 'utc',
    })
  const { graphMode, colorMode, justifyMode, textMode } = { ...takenForGranted, ...options }
  const modes = { graphMode, colorMode, justifyMode, textMode } as Pick<
    ComponentProps<typeof BigValue>,
    'graphMode' | 'colorMode'
  >
  return (
    <VizRepeater
      source={frames}
      getValues={values}
      orientation={'auto' as never}
      renderCounter={0}
      width={width}
      height={height}
      renderValue={({ value, width, height, count }: VizRepeaterRenderValueProps<FieldDisplay>) => (
        <BigValue
          value={value.display}
          {...(value.sparkline === undefined ? {} : { sparkline: value.sparkline })}
          count={count}
          width={width}
          height={height}
          theme={theme}
          {...modes}
        />
      )}
    />
  )
}
