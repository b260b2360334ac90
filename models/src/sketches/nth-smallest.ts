/**
 * The value that would stand at place `n` (from 0) were the numbers sorted: quickselect (Hoare, Algorithm 65: Find, 1961)
 * with the median of three as pivot. Reorders the numbers; they must not be NaN.
 */
export function nthSmallest(numbers: Float64Array, n: number): number {
  let low = 0
  let high = numbers.length - 1
  while (low < high) {
    const pivot = medianOfThree(numbers[low]!, numbers[(low + high) >> 1]!, numbers[high]!)
    let left = low
    let right = high
    while (left <= right) {
      while (numbers[left]! < pivot) left += 1
      while (numbers[right]! > pivot) right -= 1
      if (left > right) break
      const moved = numbers[left]!
      numbers[left] = numbers[right]!
      numbers[right] = moved
      left += 1
      right -= 1
    }
    if (n <= right) high = right
    else if (n >= left) low = left
    else return numbers[n]!
  }
  return numbers[n]!
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
