import type { Component } from 'vue'
import type { FieldTypeName } from '@/api/types'
import ChoiceFilter from './ChoiceFilter.vue'
import DayFilter from './DayFilter.vue'
import NamedFilter from './NamedFilter.vue'
import NoneFilter from './NoneFilter.vue'
import RangeFilter from './RangeFilter.vue'
import RegionFilter from './RegionFilter.vue'
import TextFilter from './TextFilter.vue'
import YesNoFilter from './YesNoFilter.vue'

/* What a list is narrowed with. null: no list can be. */
export const filters: { [name in FieldTypeName]: Component | null } = {
  text: TextFilter,
  'long-text': NoneFilter,
  integer: RangeFilter,
  decimal: RangeFilter,
  money: RangeFilter,
  'yes-no': YesNoFilter,
  date: DayFilter,
  'date-time': DayFilter,
  choice: ChoiceFilter,
  choices: ChoiceFilter,
  state: ChoiceFilter,
  reference: NamedFilter,
  object: NamedFilter,
  region: RegionFilter,
  place: NoneFilter,
  files: NoneFilter,
  'id-number': TextFilter,
  phone: TextFilter,
  lines: null,
}
