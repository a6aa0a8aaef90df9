/* The deadlines that run in this program: each area declares its own. */
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"
#include "domain/object/certificate.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "domain/object/licence.h"
#include "domain/object/major_hazard_source.h"
#include "domain/object/standardization.h"
#include "domain/object/tenure.h"

const struct watch *const all_watches[] = { &hazard_rectify,        &hazard_recheck,
                                            &hazard_report,         &hazard_look_back,
                                            &insurance_ends,        &licence_ends,
                                            &certificate_ends,      &certificate_review,
                                            &source_reassess,       &standardization_ends,
                                            &facility_licence_ends, &head_exam,
                                            &safety_head_exam,      NULL };
