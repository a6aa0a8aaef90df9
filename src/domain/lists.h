/*
** Lists of choices, with the days from which and until which an entry may be chosen (domain reference: enumerations are
** the field's standard terms). Codes are stored; labels are shown.
*/
#pragma once
#include "access/roles.h" /* duty_roles */
#include "record/kind.h"

extern const struct choices region_levels, organisation_types, sectors, unit_types, firm_sizes, firm_flags,
    facility_types, hazard_levels, hazard_categories, hazard_sources, look_back_results, listing_levels, arrangements,
    no_code_reasons, licence_types, certificate_types, special_operations, person_categories, safety_roles,
    training_purposes, source_units, rescues, pond_grades, pipe_media, works_types, paper_types, paper_results,
    service_modes, standardization_levels, standardization_rounds, standardization_standards, withdraw_causes,
    risk_levels, special_works, supervision_grades, credit_grades;

extern const struct choices *const all_choices[]; /* NULL at the end */

/* The pages know a list only from all_choices: -1 names the first field whose choices stand in none of `lists`. */
int lists_check(const struct kind *const *kinds, const struct choices *const *lists, struct error *err);
