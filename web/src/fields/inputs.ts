import type { Component } from 'vue'
import type { Field, FieldTypeName } from '@/api/types'
import ChoiceInput from './choice/Input.vue'
import ChoicesInput from './choices/Input.vue'
import DateInput from './date/Input.vue'
import DateTimeInput from './date-time/Input.vue'
import DecimalInput from './decimal/Input.vue'
import FilesInput from './files/Input.vue'
import IdNumberInput from './id-number/Input.vue'
import IntegerInput from './integer/Input.vue'
import LinesInput from './lines/Input.vue'
import LongTextInput from './long-text/Input.vue'
import MoneyInput from './money/Input.vue'
import ObjectInput from './object/Input.vue'
import PhoneInput from './phone/Input.vue'
import PlaceInput from './place/Input.vue'
import ReferenceInput from './reference/Input.vue'
import RegionInput from './region/Input.vue'
import TextInput from './text/Input.vue'
import YesNoInput from './yes-no/Input.vue'

/* What a person enters a value with. null: never by hand, a state changes by moves only. */
const inputs: { [name in FieldTypeName]: Component | null } = {
  text: TextInput,
  'long-text': LongTextInput,
  integer: IntegerInput,
  decimal: DecimalInput,
  money: MoneyInput,
  'yes-no': YesNoInput,
  date: DateInput,
  'date-time': DateTimeInput,
  choice: ChoiceInput,
  choices: ChoicesInput,
  state: null,
  reference: ReferenceInput,
  object: ObjectInput,
  region: RegionInput,
  place: PlaceInput,
  files: FilesInput,
  'id-number': IdNumberInput,
  phone: PhoneInput,
  lines: LinesInput,
}

export function inputOf(field: Field): Component | null {
  return inputs[field.type]
}
