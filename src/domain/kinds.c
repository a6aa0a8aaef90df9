/* The one list of all kinds. Everything that is derived walks it. */
#include "record/kind.h"

#include "domain/enforcement/paper.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/hazard/standard.h"
#include "domain/holiday.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "domain/object/certificate.h"
#include "domain/object/licence.h"
#include "domain/object/major_hazard_source.h"
#include "domain/object/person.h"
#include "domain/object/safety_promise.h"
#include "domain/object/standardization.h"

/* clang-format off */
const struct kind *const all_kinds[] = {
    &hazard_kind,
    &paper_kind,
    &enterprise_kind,
    &facility_kind,
    &licence_kind,
    &person_kind,
    &certificate_kind,
    &major_hazard_source_kind,
    &standardization_kind,
    &safety_promise_kind,
    &claim_kind,
    &clause_kind,
    &holiday_kind,
    &region_kind,
    &organisation_kind,
    &account_kind,
    &post_kind,
    &assignment_kind,
    &key_person_kind,
    &site_kind,
    &safety_cost_kind,
    &training_kind,
    &inventory_kind,
    &claim_other_kind,
    &paper_item_kind,
    NULL,
};
/* clang-format on */
