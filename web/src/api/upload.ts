import { address, offlineProblem, Problem, type Query } from './client'
import type { ProblemBody, StoredFile } from './types'

export const UPLOAD_LIMIT = 20 * 1024 * 1024

export type Sending<T> = { done: Promise<T>; cancel: () => void }
export type Upload = Sending<StoredFile>

/* XMLHttpRequest because fetch tells nothing about the bytes already sent. */
export function send<T>(
  path: string,
  query: Query,
  file: File,
  language: string,
  progress: (share: number) => void,
): Sending<T> {
  const rq = new XMLHttpRequest()
  const done = new Promise<T>((resolve, reject) => {
    rq.upload.onprogress = (e) => {
      if (e.lengthComputable && e.total > 0) progress(e.loaded / e.total)
    }
    rq.onload = () => {
      try {
        const body: unknown = JSON.parse(rq.responseText)
        if (rq.status === 201) resolve(body as T)
        else reject(new Problem(body as ProblemBody))
      } catch {
        reject(
          new Problem({ title: 'upload', status: rq.status, code: `http.${rq.status}`, detail: `HTTP ${rq.status}` }),
        )
      }
    }
    rq.onerror = () => reject(offlineProblem())
    rq.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
  })
  rq.open('POST', address(path, query))
  rq.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
  rq.setRequestHeader('Accept-Language', language)
  rq.send(file)
  return { done, cancel: () => rq.abort() }
}

export function upload(file: File, language: string, progress: (share: number) => void): Upload {
  return send('/files', { name: file.name }, file, language, progress)
}
