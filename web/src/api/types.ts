/* What the server sends (docs/http.md). Record fields are open: their types are named by the kind's declaration. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export type Label = { zh: string; en: string }

export type FieldTypeName =
  | 'text'
  | 'long-text'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'yes-no'
  | 'date'
  | 'date-time'
  | 'choice'
  | 'choices'
  | 'state'
  | 'reference'
  | 'object'
  | 'region'
  | 'place'
  | 'files'
  | 'id-number'
  | 'phone'
  | 'lines'

export type FieldFlag =
  'required' | 'search' | 'list' | 'unique' | 'fixed' | 'move_only' | 'derived' | 'title' | 'wide' | 'plain' | 'passing' | 'ledger' | 'imported' | 'deadline'

export type FilterOp = 'equal' | 'in' | 'range' | 'none'

export type Field = {
  name: string
  type: FieldTypeName
  label: Label
  hint: Label | null
  unit: Label | null
  flags: FieldFlag[]
  min: number
  max: number
  scale: number
  ref: string | null
  choices: string | null
  lines: string | null
  group: string
  /* holds the words of a ledger where the field names nobody */
  companion: string | null
  /** verb that whom a move names here must hold on the record */
  answers?: string | null
  /* files: the date field of the day on which what the photos show was so */
  shows_on: string | null
  filter: FilterOp[]
  /* there only while that choice has one of these codes */
  when?: { field: string; codes: string[] }
}

export type Tone = 'idle' | 'running' | 'judge' | 'request' | 'returned' | 'done' | 'stopped'

export type State = { code: string; label: Label; tone: Tone; end: boolean }

export type Move = {
  name: string
  label: Label
  hint: Label | null
  from: string[]
  /** null: the move leaves the record in its state */
  to: string | null
  accepts: string[]
  must: string[]
  /** of accepts: a form begins with them empty, whatever stands there from the last round */
  fresh: string[]
  /** a field of accepts and what it is called in this move */
  calls?: { field: string; label: Label } | null
  /** it only adds: of accepts, what is known already is not asked for and refused when given */
  fills?: boolean
  /** verb that whoever makes it holds */
  needs: string
  danger: boolean
  /** the move it is the other outcome of: 复查退回 of 复查通过 */
  other_of: string | null
  /** heading in to-do lists; null: nobody waits for it */
  expected: Label | null
  /** on a row of those lists: 去复查 */
  go: Label | null
  /** said to whom the record bars from it, by name */
  barred: Label | null
}

export type Kind = {
  name: string
  plural: string
  label: Label
  verbs: string[]
  scope: 'object' | 'region' | 'open' | 'is_object'
  open_label: boolean
  /** group of the menu it stands in */
  menu: string | null
  title: string
  number: boolean
  sorts: string[]
  newest_first: boolean
  /** entered where it is found, with the phone in hand */
  on_the_spot: boolean
  /* something follows from a record and the day: GET …/standing */
  standing?: boolean
  groups: { name: string; label: Label }[]
  fields: Field[]
  states: State[]
  moves: Move[]
  /* the columns of the paper ledger, in its order and words */
  ledger?: { field: string; header: Label }[]
}

export type Choice = { code: string; label: Label; valid_from: string | null; valid_to: string | null }

export type ChoiceList = { label: Label; items: Choice[] }

export type Meta = { kinds: Kind[]; choices: { [name: string]: ChoiceList }; children: Kind[] }

export type Named = { id: number; name: string | null }

export type Envelope = {
  id: number
  version: number
  number: string | null
  created_at: string
  created_by: Named | null
  changed_at: string
  changed_by: Named | null
  removed_at: string | null
  owner: {
    county: string | null
    town: string | null
    village: string | null
    object: { id: number; name: string | null; kind: string } | null
    sector: string | null
    names: { county: string | null; town: string | null; village: string | null }
  } | null
  moves: string[]
  may: string[]
  /** of `moves` those expected of the reader; rows of a list do not say */
  expected?: string[]
  /** moves that would be the reader's, were he not named on the record; rows of a list do not say */
  barred?: string[]
  /** days that moves propose, and take where none is given; rows of a list do not say */
  proposes?: Proposal[]
}

export type Proposal = {
  move: string
  field: string
  value: string
  /** the rule it follows from, and what that stands on; not settled: a default of this project */
  rule: Label
  basis: string
  settled: boolean
}

export type Rec = Envelope & { [field: string]: Json | undefined }

export type Values = { [field: string]: Json }

export type Total = { count: number; capped: boolean }

export type Page = { items: Rec[]; next: string | null; total: Total | null; as_of: string }

export type SpreadArea = { code: string; name: string; level: string; count: number; capped: boolean }
export type Spread = { within: string | null; items: SpreadArea[]; as_of: string }

export type StoredFile = {
  id: number
  name: string
  type: string
  size: number
  sha256: string
  field?: string
  /* uploaded at, by */
  at?: string
  by?: Named
  taken?: Taken | null
}

/* What a photo says of itself, as the device wrote it: the instant (zone null: UTC+8 was assumed) and the place. */
export type Taken = { at: string | null; zone: string | null; place: { lon: string; lat: string } | null }

export type Actor = { id: number; name: string; post: string | null; organisation: { id: number; name: string } | null }

export type HistoryAct = 'create' | 'change' | 'remove' | 'restore' | 'import' | 'move' | 'verify'

export type HistoryItem = {
  version: number
  at: string
  actor: Actor
  act: HistoryAct
  move: string | null
  note: string | null
  changes: { field: string; old: Json; new: Json }[]
}

export type Me = {
  id: number
  name: string
  display_name: string
  post: string | null
  organisation: { id: number; name: string } | null
  scope: Label
  verbs: { [kind: string]: string[] }
  roles?: { role: string; label: Label; words: Label }[]
  rights?: string[]
  must_change_password?: boolean
  totp?: boolean
  /* An administrator without a second factor does nothing before enrolling one. */
  totp_due?: boolean
  as?: { id: number; name: string } | null
  demo: boolean
  /* The reader may move the clock of this demonstration on by a day. */
  next_day?: boolean
  version: string
  now: string
  server_day: string
}

export type DemoAccount = { name: string; display_name: string; role: Label; scope: Label }

export type FoundGroup = {
  kind: string
  by: 'words' | 'phone'
  count: number
  capped: boolean
  /** of the list that holds them */
  query: string
}

export type Found = {
  kind: string
  by: 'words' | 'number' | 'phone'
  id: number
  title: string
  number: string | null
  state: string | null
  where: string | null
}

export type ProblemBody = {
  title: string
  status: number
  code: string
  detail: string
  fields?: { [field: string]: string }
  id?: string
  current?: Rec
}
