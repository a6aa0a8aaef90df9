import { address, json } from './client'
import type { Json, Label } from './types'

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

/* Work the server does on its own: exports, checks, imports. */
export type Job = {
  id: number
  type: string
  label: Label
  kind: string | null
  state: JobState
  done: number
  total: number | null
  per_second: number | null
  seconds_left: number | null
  created_at: string
  began_at: string | null
  ended_at: string | null
  result: { [name: string]: Json } | null
  problem: { code: string; detail: string } | null
  file: { name: string; type: string; size: number } | null
}

export async function ownJobs(): Promise<Job[]> {
  return (await json<{ items: Job[] }>('GET', '/jobs')).items
}

export function getJob(id: number): Promise<Job> {
  return json('GET', `/jobs/${id}`)
}

export function cancelJob(id: number): Promise<Job> {
  return json('POST', `/jobs/${id}/cancel`, { json: {} })
}

export function jobFileAddress(id: number): string {
  return address(`/jobs/${id}/file`)
}

export function isOpen(job: Job): boolean {
  return job.state === 'waiting' || job.state === 'running'
}
