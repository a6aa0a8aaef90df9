/* The one list of all kinds. Everything that is derived walks it. */
#include "record/kind.h"

#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"

const struct kind *const all_kinds[] = { &hazard_kind,     &enterprise_kind,   &facility_kind,    &claim_kind,
                                         &region_kind,     &organisation_kind, &account_kind,     &post_kind,
                                         &assignment_kind, &key_person_kind,   &claim_other_kind, NULL };
