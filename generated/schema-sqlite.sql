-- Printed by `anlan describe schema` from src/domain; run tools/regenerate after a change there.
CREATE TABLE hazard (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    created_by        INTEGER NOT NULL,
    changed_at        INTEGER NOT NULL,
    changed_by        INTEGER NOT NULL,
    removed_at        INTEGER,
    import_id         INTEGER,
    own_county        INTEGER NOT NULL,
    own_town          INTEGER NOT NULL,
    own_village       INTEGER NOT NULL,
    own_object        INTEGER NOT NULL,
    own_sector        TEXT,
    fact_county       INTEGER NOT NULL,
    fact_town         INTEGER NOT NULL,
    fact_village      INTEGER NOT NULL,
    fact_object       INTEGER NOT NULL,
    fact_sector       TEXT,
    sort_due          INTEGER NOT NULL,
    description       TEXT,
    level             TEXT,
    state             TEXT,
    object            INTEGER,
    found_on          INTEGER,
    due               INTEGER,
    responsible       INTEGER,
    finder            TEXT,
    reporter          INTEGER,
    location          TEXT,
    place_lon         INTEGER,
    place_lat         INTEGER,
    source            TEXT,
    category          TEXT,
    photos            TEXT,
    external_no       TEXT,
    external_type     TEXT,
    fine              INTEGER,
    fine_first        INTEGER,
    clause            TEXT,
    major_on          INTEGER,
    reported_on       INTEGER,
    reported_to       INTEGER,
    congress_on       INTEGER,
    report_cause      TEXT,
    report_analysis   TEXT,
    measures          TEXT,
    funds             INTEGER,
    contingency       TEXT,
    lacks             TEXT,
    responsible_name  TEXT,
    plan_goal         TEXT,
    plan_signed_on    INTEGER,
    assigner          INTEGER,
    assigned_on       INTEGER,
    ordered_on        INTEGER,
    set_level         TEXT,
    reason            TEXT,
    extension_to      INTEGER,
    extension_by      INTEGER,
    extensions        INTEGER,
    assessment        TEXT,
    rectification     TEXT,
    evidence          TEXT,
    rectifier         INTEGER,
    fixed_on          INTEGER,
    opinion           TEXT,
    site_review_on    INTEGER,
    rechecker         INTEGER,
    recheck_on        INTEGER,
    rechecker_name    TEXT,
    returns           INTEGER,
    closed_on         INTEGER,
    recheck_from      INTEGER,
    look_back_result  TEXT,
    look_back_opinion TEXT,
    look_back_on      INTEGER,
    look_back_by      INTEGER,
    look_back_photos  TEXT,
    look_back_due     INTEGER,
    look_backs        INTEGER,
    reopened          INTEGER,
    repeated          INTEGER,
    repeat_of         INTEGER,
    first_closer      INTEGER,
    first_closed_on   INTEGER,
    lists             TEXT,
    listed_level      TEXT,
    listing_no        TEXT,
    listed_on         INTEGER,
    delisted_on       INTEGER,
    closure_document  TEXT
) STRICT;
CREATE INDEX hazard_by_all_found_on ON hazard (found_on, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_county_found_on ON hazard (own_county, found_on, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_town_found_on ON hazard (own_town, found_on, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_object_found_on ON hazard (own_object, found_on, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_all_due ON hazard (sort_due, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_county_due ON hazard (own_county, sort_due, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_town_due ON hazard (own_town, sort_due, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_object_due ON hazard (own_object, sort_due, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_all_id ON hazard (id, state, own_county, own_town, own_village, own_object, own_sector, found_on, sort_due) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_county_id ON hazard (own_county, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_town_id ON hazard (own_town, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_by_object_id ON hazard (own_object, id, state) WHERE removed_at IS NULL;
CREATE INDEX hazard_of_object ON hazard (own_object);
CREATE INDEX hazard_by_village ON hazard (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX hazard_waits_county ON hazard (state, own_county, sort_due, id) WHERE removed_at IS NULL;
CREATE INDEX hazard_waits_town ON hazard (state, own_town, sort_due, id) WHERE removed_at IS NULL;
CREATE INDEX hazard_waits_lacks ON hazard (own_county, own_town, own_village, own_object, own_sector, state, found_on, sort_due, id, due) WHERE removed_at IS NULL AND lacks IS NOT NULL;
CREATE INDEX hazard_waits_major_on ON hazard (own_county, own_town, own_village, own_object, own_sector, state, found_on, sort_due, id, major_on, reported_on) WHERE removed_at IS NULL AND major_on IS NOT NULL;
CREATE INDEX hazard_waits_ordered_on ON hazard (own_county, own_town, own_village, own_object, own_sector, state, found_on, sort_due, id, recheck_from, rectifier, responsible) WHERE removed_at IS NULL AND ordered_on IS NOT NULL;
CREATE INDEX hazard_waits_look_back_due ON hazard (own_county, own_town, own_village, own_object, own_sector, state, found_on, sort_due, id, look_back_due, rectifier, responsible) WHERE removed_at IS NULL AND look_back_due IS NOT NULL;
CREATE INDEX hazard_of_level ON hazard (level, own_county, own_town, own_village, own_object, own_sector, state, found_on, sort_due, id) WHERE removed_at IS NULL;
CREATE INDEX hazard_of_state ON hazard (state, own_county, own_town, own_village, own_object, own_sector, found_on, sort_due, id, responsible, recheck_from, rectifier, assigner, extension_by) WHERE removed_at IS NULL;
CREATE INDEX hazard_of_state_sector ON hazard (state, own_sector, own_county, own_town, own_village, own_object, found_on, sort_due, id, responsible, recheck_from, rectifier, assigner, extension_by) WHERE removed_at IS NULL;
CREATE INDEX hazard_of_responsible ON hazard (responsible, id) WHERE removed_at IS NULL AND responsible IS NOT NULL;
CREATE INDEX hazard_of_reporter ON hazard (reporter, id) WHERE removed_at IS NULL AND reporter IS NOT NULL;
CREATE UNIQUE INDEX hazard_one_external_no ON hazard (external_no) WHERE removed_at IS NULL AND external_no IS NOT NULL;
CREATE INDEX hazard_of_external_type ON hazard (external_type, own_county, own_town, own_village, own_object, own_sector, state, found_on, sort_due, id) WHERE removed_at IS NULL;
CREATE INDEX hazard_of_reported_to ON hazard (reported_to, id) WHERE removed_at IS NULL AND reported_to IS NOT NULL;
CREATE INDEX hazard_of_assigner ON hazard (assigner, id) WHERE removed_at IS NULL AND assigner IS NOT NULL;
CREATE INDEX hazard_of_extension_by ON hazard (extension_by, id) WHERE removed_at IS NULL AND extension_by IS NOT NULL;
CREATE INDEX hazard_of_rectifier ON hazard (rectifier, id) WHERE removed_at IS NULL AND rectifier IS NOT NULL;
CREATE INDEX hazard_of_rechecker ON hazard (rechecker, id) WHERE removed_at IS NULL AND rechecker IS NOT NULL;
CREATE INDEX hazard_of_look_back_by ON hazard (look_back_by, id) WHERE removed_at IS NULL AND look_back_by IS NOT NULL;
CREATE INDEX hazard_of_repeat_of ON hazard (repeat_of, id) WHERE removed_at IS NULL AND repeat_of IS NOT NULL;
CREATE INDEX hazard_of_first_closer ON hazard (first_closer, id) WHERE removed_at IS NULL AND first_closer IS NOT NULL;
CREATE INDEX hazard_of_own_sector ON hazard (own_sector, own_county, own_town, own_village, own_object, state, found_on, sort_due, id) WHERE removed_at IS NULL;
CREATE INDEX hazard_of_import ON hazard (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX hazard_in_bin ON hazard (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE paper (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    version             INTEGER NOT NULL,
    created_at          INTEGER NOT NULL,
    created_by          INTEGER NOT NULL,
    changed_at          INTEGER NOT NULL,
    changed_by          INTEGER NOT NULL,
    removed_at          INTEGER,
    import_id           INTEGER,
    own_county          INTEGER NOT NULL,
    own_town            INTEGER NOT NULL,
    own_village         INTEGER NOT NULL,
    own_object          INTEGER NOT NULL,
    own_sector          TEXT,
    fact_county         INTEGER NOT NULL,
    fact_town           INTEGER NOT NULL,
    fact_village        INTEGER NOT NULL,
    fact_object         INTEGER NOT NULL,
    fact_sector         TEXT,
    title               TEXT,
    doc_number          TEXT,
    state               TEXT,
    type                TEXT,
    object              INTEGER,
    recipient           TEXT,
    instruction         INTEGER,
    due                 INTEGER,
    opinion             TEXT,
    organisation        INTEGER,
    issuer              TEXT,
    remedy              TEXT,
    officer             INTEGER,
    officer_certificate TEXT,
    second_officer      INTEGER,
    second_certificate  TEXT,
    issued_at           INTEGER,
    issued_by           INTEGER,
    issued_name         TEXT,
    served_on           INTEGER,
    service_mode        TEXT,
    receiver            TEXT,
    service_note        TEXT,
    receipt             TEXT,
    void_reason         TEXT,
    voided_at           INTEGER,
    check_code          TEXT,
    document            TEXT,
    digest              TEXT
) STRICT;
CREATE INDEX paper_by_all_id ON paper (id, state, own_county, own_town, own_village, own_object, own_sector) WHERE removed_at IS NULL;
CREATE INDEX paper_by_county_id ON paper (own_county, id, state) WHERE removed_at IS NULL;
CREATE INDEX paper_by_town_id ON paper (own_town, id, state) WHERE removed_at IS NULL;
CREATE INDEX paper_by_object_id ON paper (own_object, id, state) WHERE removed_at IS NULL;
CREATE INDEX paper_of_object ON paper (own_object);
CREATE INDEX paper_by_village ON paper (own_village, id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX paper_one_doc_number ON paper (doc_number) WHERE removed_at IS NULL AND doc_number IS NOT NULL;
CREATE INDEX paper_of_state ON paper (state, own_county, own_town, own_village, own_object, own_sector, id) WHERE removed_at IS NULL;
CREATE INDEX paper_of_state_sector ON paper (state, own_sector, own_county, own_town, own_village, own_object, id) WHERE removed_at IS NULL;
CREATE INDEX paper_of_type ON paper (type, own_county, own_town, own_village, own_object, own_sector, state, id) WHERE removed_at IS NULL;
CREATE INDEX paper_of_instruction ON paper (instruction, id) WHERE removed_at IS NULL AND instruction IS NOT NULL;
CREATE INDEX paper_of_organisation ON paper (organisation, id) WHERE removed_at IS NULL AND organisation IS NOT NULL;
CREATE INDEX paper_of_officer ON paper (officer, id) WHERE removed_at IS NULL AND officer IS NOT NULL;
CREATE INDEX paper_of_second_officer ON paper (second_officer, id) WHERE removed_at IS NULL AND second_officer IS NOT NULL;
CREATE INDEX paper_of_issued_by ON paper (issued_by, id) WHERE removed_at IS NULL AND issued_by IS NOT NULL;
CREATE UNIQUE INDEX paper_one_check_code ON paper (check_code) WHERE removed_at IS NULL AND check_code IS NOT NULL;
CREATE INDEX paper_of_own_sector ON paper (own_sector, own_county, own_town, own_village, own_object, state, id) WHERE removed_at IS NULL;
CREATE INDEX paper_of_import ON paper (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX paper_in_bin ON paper (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE paper_items (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    record INTEGER NOT NULL,
    line   INTEGER NOT NULL,
    hazard INTEGER,
    text   TEXT,
    basis  TEXT,
    major  INTEGER,
    due    INTEGER,
    result TEXT
) STRICT;
CREATE UNIQUE INDEX paper_items_of_record ON paper_items (record, line);
CREATE INDEX paper_items_of_hazard ON paper_items (hazard, record);

CREATE TABLE enterprise (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    version              INTEGER NOT NULL,
    created_at           INTEGER NOT NULL,
    created_by           INTEGER NOT NULL,
    changed_at           INTEGER NOT NULL,
    changed_by           INTEGER NOT NULL,
    removed_at           INTEGER,
    import_id            INTEGER,
    own_county           INTEGER NOT NULL,
    own_town             INTEGER NOT NULL,
    own_village          INTEGER NOT NULL,
    own_object           INTEGER NOT NULL,
    own_sector           TEXT,
    name                 TEXT,
    credit_code          TEXT,
    no_code_reason       TEXT,
    external_no          TEXT,
    unit_type            TEXT,
    sector               TEXT,
    flags                TEXT,
    industry             TEXT,
    size                 TEXT,
    operating_state      TEXT,
    supervision_grade    TEXT,
    risk_level           TEXT,
    region               INTEGER,
    address              TEXT,
    registered_address   TEXT,
    place_lon            INTEGER,
    place_lat            INTEGER,
    legal_representative TEXT,
    controller           TEXT,
    head                 TEXT,
    head_id_number       BLOB,
    head_id_number_hash  BLOB,
    phone                BLOB,
    phone_hash           BLOB,
    phone_tail           BLOB,
    head_since           INTEGER,
    head_exam_by         INTEGER,
    head_examined        INTEGER,
    safety_head          TEXT,
    safety_head_since    INTEGER,
    safety_head_exam_by  INTEGER,
    safety_head_examined INTEGER,
    staff                INTEGER,
    dispatched           INTEGER,
    contractors          INTEGER,
    dust_workers         INTEGER,
    floor_area           INTEGER,
    ammonia              INTEGER,
    coal_approved        INTEGER,
    coal_year            INTEGER,
    coal_month           INTEGER,
    capital              INTEGER,
    founded_on           INTEGER,
    insured              INTEGER,
    policy_no            TEXT,
    insurance_end        INTEGER,
    rescue               TEXT,
    drilled_on           INTEGER,
    papers               TEXT,
    remark               TEXT,
    state_since          INTEGER,
    state_document       TEXT,
    state_reason         TEXT,
    end_hazards          INTEGER,
    ended_hazards        INTEGER,
    grade_on             INTEGER,
    grade_by             TEXT,
    grade_document       TEXT,
    grade_reason         TEXT,
    risk_on              INTEGER,
    risk_by              TEXT,
    risk_document        TEXT,
    risk_reason          TEXT,
    credit_grade         TEXT,
    credit_on            INTEGER,
    credit_by            TEXT,
    credit_document      TEXT,
    credit_reason        TEXT
) STRICT;
CREATE INDEX enterprise_by_all_name ON enterprise (name, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_by_county_name ON enterprise (own_county, name, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_by_town_name ON enterprise (own_town, name, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_by_object_name ON enterprise (own_object, name, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_by_all_id ON enterprise (id, own_county, own_town, own_village, name) WHERE removed_at IS NULL;
CREATE INDEX enterprise_by_county_id ON enterprise (own_county, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_by_town_id ON enterprise (own_town, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_by_object_id ON enterprise (own_object, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_by_village ON enterprise (own_village, id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX enterprise_one_credit_code ON enterprise (credit_code) WHERE removed_at IS NULL AND credit_code IS NOT NULL;
CREATE UNIQUE INDEX enterprise_one_external_no ON enterprise (external_no) WHERE removed_at IS NULL AND external_no IS NOT NULL;
CREATE INDEX enterprise_of_sector ON enterprise (sector, own_county, own_town, own_village, name, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_of_supervision_grade ON enterprise (supervision_grade, own_county, own_town, own_village, name, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_of_risk_level ON enterprise (risk_level, own_county, own_town, own_village, name, id) WHERE removed_at IS NULL;
CREATE INDEX enterprise_of_import ON enterprise (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX enterprise_in_bin ON enterprise (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE enterprise_sites (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    record    INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    name      TEXT,
    used_for  TEXT,
    address   TEXT,
    place_lon INTEGER,
    place_lat INTEGER,
    site_no   INTEGER,
    site_key  TEXT
) STRICT;
CREATE UNIQUE INDEX enterprise_sites_of_record ON enterprise_sites (record, line);

CREATE TABLE enterprise_key_persons (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    record     INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    name       TEXT,
    post       TEXT,
    phone      BLOB,
    phone_hash BLOB,
    phone_tail BLOB
) STRICT;
CREATE UNIQUE INDEX enterprise_key_persons_of_record ON enterprise_key_persons (record, line);

CREATE TABLE enterprise_safety_costs (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    record   INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    year     INTEGER,
    required INTEGER,
    used     INTEGER
) STRICT;
CREATE UNIQUE INDEX enterprise_safety_costs_of_record ON enterprise_safety_costs (record, line);

CREATE TABLE facility (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    created_by       INTEGER NOT NULL,
    changed_at       INTEGER NOT NULL,
    changed_by       INTEGER NOT NULL,
    removed_at       INTEGER,
    import_id        INTEGER,
    own_county       INTEGER NOT NULL,
    own_town         INTEGER NOT NULL,
    own_village      INTEGER NOT NULL,
    own_object       INTEGER NOT NULL,
    own_sector       TEXT,
    name             TEXT,
    type             TEXT,
    sector           TEXT,
    enterprise       INTEGER,
    region           INTEGER,
    address          TEXT,
    place_lon        INTEGER,
    place_lat        INTEGER,
    built_on         INTEGER,
    external_no      TEXT,
    remark           TEXT,
    pond_grade       TEXT,
    dam_height       INTEGER,
    dam_design       INTEGER,
    capacity         INTEGER,
    overhead         INTEGER,
    downstream       INTEGER,
    mineral          TEXT,
    closed_on        INTEGER,
    closure_document TEXT,
    sealed           INTEGER,
    guardian         TEXT,
    floor_area       INTEGER,
    height           INTEGER,
    floors           INTEGER,
    basements        INTEGER,
    people_most      INTEGER,
    households       INTEGER,
    works_type       TEXT,
    works_permit     TEXT,
    builder          TEXT,
    supervisor       TEXT,
    works_area       INTEGER,
    works_cost       INTEGER,
    starts_on        INTEGER,
    ends_on          INTEGER,
    labourers        INTEGER,
    labour_safety    INTEGER,
    medium           TEXT,
    pressure         INTEGER,
    diameter         INTEGER,
    length           INTEGER,
    begins_at        TEXT,
    ends_at          TEXT,
    licence_no       TEXT,
    licence_until    INTEGER,
    stock_most       INTEGER
) STRICT;
CREATE INDEX facility_by_all_name ON facility (name, id) WHERE removed_at IS NULL;
CREATE INDEX facility_by_county_name ON facility (own_county, name, id) WHERE removed_at IS NULL;
CREATE INDEX facility_by_town_name ON facility (own_town, name, id) WHERE removed_at IS NULL;
CREATE INDEX facility_by_object_name ON facility (own_object, name, id) WHERE removed_at IS NULL;
CREATE INDEX facility_by_all_id ON facility (id, own_county, own_town, own_village, name) WHERE removed_at IS NULL;
CREATE INDEX facility_by_county_id ON facility (own_county, id) WHERE removed_at IS NULL;
CREATE INDEX facility_by_town_id ON facility (own_town, id) WHERE removed_at IS NULL;
CREATE INDEX facility_by_object_id ON facility (own_object, id) WHERE removed_at IS NULL;
CREATE INDEX facility_by_village ON facility (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX facility_of_enterprise ON facility (enterprise, id) WHERE removed_at IS NULL AND enterprise IS NOT NULL;
CREATE UNIQUE INDEX facility_one_external_no ON facility (external_no) WHERE removed_at IS NULL AND external_no IS NOT NULL;
CREATE INDEX facility_of_import ON facility (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX facility_in_bin ON facility (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE licence (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    created_by       INTEGER NOT NULL,
    changed_at       INTEGER NOT NULL,
    changed_by       INTEGER NOT NULL,
    removed_at       INTEGER,
    import_id        INTEGER,
    own_county       INTEGER NOT NULL,
    own_town         INTEGER NOT NULL,
    own_village      INTEGER NOT NULL,
    own_object       INTEGER NOT NULL,
    own_sector       TEXT,
    fact_county      INTEGER NOT NULL,
    fact_town        INTEGER NOT NULL,
    fact_village     INTEGER NOT NULL,
    fact_object      INTEGER NOT NULL,
    fact_sector      TEXT,
    sort_valid_until INTEGER NOT NULL,
    title            TEXT,
    state            TEXT,
    object           INTEGER,
    type             TEXT,
    licence_no       TEXT,
    covers           TEXT,
    issuer           TEXT,
    issued_on        INTEGER,
    valid_from       INTEGER,
    valid_until      INTEGER,
    renew_by         INTEGER,
    renewed          INTEGER,
    papers           TEXT,
    external_no      TEXT,
    remark           TEXT,
    decision_no      TEXT,
    decided_on       INTEGER,
    decision_reason  TEXT
) STRICT;
CREATE INDEX licence_by_all_valid_until ON licence (sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX licence_by_county_valid_until ON licence (own_county, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX licence_by_town_valid_until ON licence (own_town, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX licence_by_object_valid_until ON licence (own_object, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX licence_by_all_id ON licence (id, state, own_county, own_town, own_village, own_object, own_sector, sort_valid_until) WHERE removed_at IS NULL;
CREATE INDEX licence_by_county_id ON licence (own_county, id, state) WHERE removed_at IS NULL;
CREATE INDEX licence_by_town_id ON licence (own_town, id, state) WHERE removed_at IS NULL;
CREATE INDEX licence_by_object_id ON licence (own_object, id, state) WHERE removed_at IS NULL;
CREATE INDEX licence_of_object ON licence (own_object);
CREATE INDEX licence_by_village ON licence (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX licence_of_state ON licence (state, own_county, own_town, own_village, own_object, own_sector, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX licence_of_state_sector ON licence (state, own_sector, own_county, own_town, own_village, own_object, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX licence_of_type ON licence (type, own_county, own_town, own_village, own_object, own_sector, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX licence_one_licence_no ON licence (licence_no) WHERE removed_at IS NULL AND licence_no IS NOT NULL;
CREATE INDEX licence_of_valid_until ON licence (valid_until, own_county, own_town, own_village, own_object, own_sector, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX licence_one_external_no ON licence (external_no) WHERE removed_at IS NULL AND external_no IS NOT NULL;
CREATE INDEX licence_of_own_sector ON licence (own_sector, own_county, own_town, own_village, own_object, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX licence_of_import ON licence (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX licence_in_bin ON licence (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE person (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    created_by     INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    changed_by     INTEGER NOT NULL,
    removed_at     INTEGER,
    import_id      INTEGER,
    own_county     INTEGER NOT NULL,
    own_town       INTEGER NOT NULL,
    own_village    INTEGER NOT NULL,
    own_object     INTEGER NOT NULL,
    own_sector     TEXT,
    fact_county    INTEGER NOT NULL,
    fact_town      INTEGER NOT NULL,
    fact_village   INTEGER NOT NULL,
    fact_object    INTEGER NOT NULL,
    fact_sector    TEXT,
    name           TEXT,
    object         INTEGER,
    id_number      BLOB,
    id_number_hash BLOB,
    phone          BLOB,
    phone_hash     BLOB,
    phone_tail     BLOB,
    category       TEXT,
    post           TEXT,
    safety_role    TEXT,
    engineer       INTEGER,
    hired_on       INTEGER,
    left_on        INTEGER,
    duty_signed_on INTEGER,
    papers         TEXT,
    remark         TEXT
) STRICT;
CREATE INDEX person_by_all_name ON person (name, id) WHERE removed_at IS NULL;
CREATE INDEX person_by_county_name ON person (own_county, name, id) WHERE removed_at IS NULL;
CREATE INDEX person_by_town_name ON person (own_town, name, id) WHERE removed_at IS NULL;
CREATE INDEX person_by_object_name ON person (own_object, name, id) WHERE removed_at IS NULL;
CREATE INDEX person_by_all_id ON person (id, own_county, own_town, own_village, own_object, own_sector, name) WHERE removed_at IS NULL;
CREATE INDEX person_by_county_id ON person (own_county, id) WHERE removed_at IS NULL;
CREATE INDEX person_by_town_id ON person (own_town, id) WHERE removed_at IS NULL;
CREATE INDEX person_by_object_id ON person (own_object, id) WHERE removed_at IS NULL;
CREATE INDEX person_of_object ON person (own_object);
CREATE INDEX person_by_village ON person (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX person_of_category ON person (category, own_county, own_town, own_village, own_object, own_sector, name, id) WHERE removed_at IS NULL;
CREATE INDEX person_of_own_sector ON person (own_sector, own_county, own_town, own_village, own_object, name, id) WHERE removed_at IS NULL;
CREATE INDEX person_of_import ON person (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX person_in_bin ON person (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE person_trainings (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    record  INTEGER NOT NULL,
    line    INTEGER NOT NULL,
    held_on INTEGER,
    purpose TEXT,
    hours   INTEGER,
    topic   TEXT,
    passed  INTEGER
) STRICT;
CREATE UNIQUE INDEX person_trainings_of_record ON person_trainings (record, line);

CREATE TABLE certificate (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    version               INTEGER NOT NULL,
    created_at            INTEGER NOT NULL,
    created_by            INTEGER NOT NULL,
    changed_at            INTEGER NOT NULL,
    changed_by            INTEGER NOT NULL,
    removed_at            INTEGER,
    import_id             INTEGER,
    own_county            INTEGER NOT NULL,
    own_town              INTEGER NOT NULL,
    own_village           INTEGER NOT NULL,
    own_object            INTEGER NOT NULL,
    own_sector            TEXT,
    fact_county           INTEGER NOT NULL,
    fact_town             INTEGER NOT NULL,
    fact_village          INTEGER NOT NULL,
    fact_object           INTEGER NOT NULL,
    fact_sector           TEXT,
    sort_valid_until      INTEGER NOT NULL,
    title                 TEXT,
    state                 TEXT,
    object                INTEGER,
    holder                INTEGER,
    holder_name           TEXT,
    holder_id_number      BLOB,
    holder_id_number_hash BLOB,
    type                  TEXT,
    category              TEXT,
    item                  TEXT,
    certificate_no        TEXT,
    issuer                TEXT,
    issued_on             INTEGER,
    valid_until           INTEGER,
    review_by             INTEGER,
    reviewed_on           INTEGER,
    long_review           INTEGER,
    papers                TEXT,
    remark                TEXT,
    decision_no           TEXT,
    decided_on            INTEGER,
    decision_reason       TEXT
) STRICT;
CREATE INDEX certificate_by_all_valid_until ON certificate (sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX certificate_by_county_valid_until ON certificate (own_county, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX certificate_by_town_valid_until ON certificate (own_town, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX certificate_by_object_valid_until ON certificate (own_object, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX certificate_by_all_id ON certificate (id, state, own_county, own_town, own_village, own_object, own_sector, sort_valid_until) WHERE removed_at IS NULL;
CREATE INDEX certificate_by_county_id ON certificate (own_county, id, state) WHERE removed_at IS NULL;
CREATE INDEX certificate_by_town_id ON certificate (own_town, id, state) WHERE removed_at IS NULL;
CREATE INDEX certificate_by_object_id ON certificate (own_object, id, state) WHERE removed_at IS NULL;
CREATE INDEX certificate_of_object ON certificate (own_object);
CREATE INDEX certificate_by_village ON certificate (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX certificate_of_state ON certificate (state, own_county, own_town, own_village, own_object, own_sector, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX certificate_of_state_sector ON certificate (state, own_sector, own_county, own_town, own_village, own_object, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX certificate_of_holder ON certificate (holder, id) WHERE removed_at IS NULL AND holder IS NOT NULL;
CREATE INDEX certificate_of_type ON certificate (type, own_county, own_town, own_village, own_object, own_sector, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX certificate_of_valid_until ON certificate (valid_until, own_county, own_town, own_village, own_object, own_sector, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX certificate_of_own_sector ON certificate (own_sector, own_county, own_town, own_village, own_object, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX certificate_of_import ON certificate (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX certificate_in_bin ON certificate (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE major_hazard_source (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    created_by      INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL,
    changed_by      INTEGER NOT NULL,
    removed_at      INTEGER,
    import_id       INTEGER,
    own_county      INTEGER NOT NULL,
    own_town        INTEGER NOT NULL,
    own_village     INTEGER NOT NULL,
    own_object      INTEGER NOT NULL,
    own_sector      TEXT,
    fact_county     INTEGER NOT NULL,
    fact_town       INTEGER NOT NULL,
    fact_village    INTEGER NOT NULL,
    fact_object     INTEGER NOT NULL,
    fact_sector     TEXT,
    name            TEXT,
    object          INTEGER,
    unit_type       TEXT,
    location        TEXT,
    place_lon       INTEGER,
    place_lat       INTEGER,
    people          INTEGER,
    s_value         INTEGER,
    r_value         INTEGER,
    grade           TEXT,
    assessed_on     INTEGER,
    reassess_by     INTEGER,
    assessor        TEXT,
    filing_no       TEXT,
    filed_on        INTEGER,
    toxic           INTEGER,
    monitored       INTEGER,
    shut_down       INTEGER,
    independent_sis INTEGER,
    papers          TEXT,
    remark          TEXT
) STRICT;
CREATE INDEX major_hazard_source_by_all_name ON major_hazard_source (name, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_by_county_name ON major_hazard_source (own_county, name, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_by_town_name ON major_hazard_source (own_town, name, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_by_object_name ON major_hazard_source (own_object, name, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_by_all_id ON major_hazard_source (id, own_county, own_town, own_village, own_object, own_sector, name) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_by_county_id ON major_hazard_source (own_county, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_by_town_id ON major_hazard_source (own_town, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_by_object_id ON major_hazard_source (own_object, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_of_object ON major_hazard_source (own_object);
CREATE INDEX major_hazard_source_by_village ON major_hazard_source (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_of_grade ON major_hazard_source (grade, own_county, own_town, own_village, own_object, own_sector, name, id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX major_hazard_source_one_filing_no ON major_hazard_source (filing_no) WHERE removed_at IS NULL AND filing_no IS NOT NULL;
CREATE INDEX major_hazard_source_of_own_sector ON major_hazard_source (own_sector, own_county, own_town, own_village, own_object, name, id) WHERE removed_at IS NULL;
CREATE INDEX major_hazard_source_of_import ON major_hazard_source (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX major_hazard_source_in_bin ON major_hazard_source (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE major_hazard_source_inventory (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    record      INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    good        TEXT,
    tonnes      INTEGER,
    product     TEXT,
    beta        INTEGER,
    beta_reason TEXT
) STRICT;
CREATE UNIQUE INDEX major_hazard_source_inventory_of_record ON major_hazard_source_inventory (record, line);

CREATE TABLE standardization (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    created_by       INTEGER NOT NULL,
    changed_at       INTEGER NOT NULL,
    changed_by       INTEGER NOT NULL,
    removed_at       INTEGER,
    import_id        INTEGER,
    own_county       INTEGER NOT NULL,
    own_town         INTEGER NOT NULL,
    own_village      INTEGER NOT NULL,
    own_object       INTEGER NOT NULL,
    own_sector       TEXT,
    fact_county      INTEGER NOT NULL,
    fact_town        INTEGER NOT NULL,
    fact_village     INTEGER NOT NULL,
    fact_object      INTEGER NOT NULL,
    fact_sector      TEXT,
    sort_valid_until INTEGER NOT NULL,
    title            TEXT,
    state            TEXT,
    object           INTEGER,
    level            TEXT,
    round            TEXT,
    standard         TEXT,
    score            INTEGER,
    applied_on       INTEGER,
    graded_on        INTEGER,
    announced_on     INTEGER,
    issuer           TEXT,
    certificate_no   TEXT,
    valid_from       INTEGER,
    valid_until      INTEGER,
    renew_by         INTEGER,
    papers           TEXT,
    external_no      TEXT,
    remark           TEXT,
    withdraw_cause   TEXT,
    decision_no      TEXT,
    decided_on       INTEGER,
    decision_reason  TEXT
) STRICT;
CREATE INDEX standardization_by_all_valid_until ON standardization (sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX standardization_by_county_valid_until ON standardization (own_county, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX standardization_by_town_valid_until ON standardization (own_town, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX standardization_by_object_valid_until ON standardization (own_object, sort_valid_until, id, state) WHERE removed_at IS NULL;
CREATE INDEX standardization_by_all_id ON standardization (id, state, own_county, own_town, own_village, own_object, own_sector, sort_valid_until) WHERE removed_at IS NULL;
CREATE INDEX standardization_by_county_id ON standardization (own_county, id, state) WHERE removed_at IS NULL;
CREATE INDEX standardization_by_town_id ON standardization (own_town, id, state) WHERE removed_at IS NULL;
CREATE INDEX standardization_by_object_id ON standardization (own_object, id, state) WHERE removed_at IS NULL;
CREATE INDEX standardization_of_object ON standardization (own_object);
CREATE INDEX standardization_by_village ON standardization (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX standardization_of_state ON standardization (state, own_county, own_town, own_village, own_object, own_sector, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX standardization_of_state_sector ON standardization (state, own_sector, own_county, own_town, own_village, own_object, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX standardization_of_level ON standardization (level, own_county, own_town, own_village, own_object, own_sector, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX standardization_one_certificate_no ON standardization (certificate_no) WHERE removed_at IS NULL AND certificate_no IS NOT NULL;
CREATE INDEX standardization_of_valid_until ON standardization (valid_until, own_county, own_town, own_village, own_object, own_sector, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX standardization_one_external_no ON standardization (external_no) WHERE removed_at IS NULL AND external_no IS NOT NULL;
CREATE INDEX standardization_of_own_sector ON standardization (own_sector, own_county, own_town, own_village, own_object, state, sort_valid_until, id) WHERE removed_at IS NULL;
CREATE INDEX standardization_of_import ON standardization (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX standardization_in_bin ON standardization (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE safety_promise (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    version            INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    created_by         INTEGER NOT NULL,
    changed_at         INTEGER NOT NULL,
    changed_by         INTEGER NOT NULL,
    removed_at         INTEGER,
    import_id          INTEGER,
    own_county         INTEGER NOT NULL,
    own_town           INTEGER NOT NULL,
    own_village        INTEGER NOT NULL,
    own_object         INTEGER NOT NULL,
    own_sector         TEXT,
    fact_county        INTEGER NOT NULL,
    fact_town          INTEGER NOT NULL,
    fact_village       INTEGER NOT NULL,
    fact_object        INTEGER NOT NULL,
    fact_sector        TEXT,
    title              TEXT,
    object             INTEGER,
    promised_on        INTEGER,
    covers_until       INTEGER,
    signer             TEXT,
    risk               TEXT,
    statement          TEXT,
    special_works      TEXT,
    special_work_count INTEGER,
    special_work_note  TEXT,
    principal          TEXT,
    technical          TEXT,
    operational        TEXT,
    papers             TEXT,
    remark             TEXT
) STRICT;
CREATE INDEX safety_promise_by_all_promised_on ON safety_promise (promised_on, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_by_county_promised_on ON safety_promise (own_county, promised_on, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_by_town_promised_on ON safety_promise (own_town, promised_on, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_by_object_promised_on ON safety_promise (own_object, promised_on, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_by_all_id ON safety_promise (id, own_county, own_town, own_village, own_object, own_sector, promised_on) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_by_county_id ON safety_promise (own_county, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_by_town_id ON safety_promise (own_town, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_by_object_id ON safety_promise (own_object, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_of_object ON safety_promise (own_object);
CREATE INDEX safety_promise_by_village ON safety_promise (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_of_risk ON safety_promise (risk, own_county, own_town, own_village, own_object, own_sector, promised_on, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_of_own_sector ON safety_promise (own_sector, own_county, own_town, own_village, own_object, promised_on, id) WHERE removed_at IS NULL;
CREATE INDEX safety_promise_of_import ON safety_promise (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX safety_promise_in_bin ON safety_promise (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE claim (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    changed_by  INTEGER NOT NULL,
    removed_at  INTEGER,
    import_id   INTEGER,
    own_county  INTEGER NOT NULL,
    own_town    INTEGER NOT NULL,
    own_village INTEGER NOT NULL,
    own_object  INTEGER NOT NULL,
    own_sector  TEXT,
    title       TEXT,
    state       TEXT,
    object      INTEGER,
    region      INTEGER,
    sector      TEXT,
    matter      TEXT,
    claimant    INTEGER,
    basis       TEXT,
    opinion     TEXT,
    assignment  INTEGER
) STRICT;
CREATE INDEX claim_by_all_id ON claim (id, state, own_county, own_town, own_village, own_object, own_sector) WHERE removed_at IS NULL;
CREATE INDEX claim_by_county_id ON claim (own_county, id, state) WHERE removed_at IS NULL;
CREATE INDEX claim_by_town_id ON claim (own_town, id, state) WHERE removed_at IS NULL;
CREATE INDEX claim_by_object_id ON claim (own_object, id, state) WHERE removed_at IS NULL;
CREATE INDEX claim_of_object ON claim (own_object);
CREATE INDEX claim_by_village ON claim (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX claim_waits_county ON claim (state, own_county, id) WHERE removed_at IS NULL;
CREATE INDEX claim_waits_town ON claim (state, own_town, id) WHERE removed_at IS NULL;
CREATE INDEX claim_of_state ON claim (state, own_county, own_town, own_village, own_object, own_sector, id) WHERE removed_at IS NULL;
CREATE INDEX claim_of_state_sector ON claim (state, own_sector, own_county, own_town, own_village, own_object, id) WHERE removed_at IS NULL;
CREATE INDEX claim_of_claimant ON claim (claimant, id) WHERE removed_at IS NULL AND claimant IS NOT NULL;
CREATE INDEX claim_of_assignment ON claim (assignment, id) WHERE removed_at IS NULL AND assignment IS NOT NULL;
CREATE INDEX claim_of_own_sector ON claim (own_sector, own_county, own_town, own_village, own_object, state, id) WHERE removed_at IS NULL;
CREATE INDEX claim_of_import ON claim (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX claim_in_bin ON claim (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE claim_others (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    record     INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    assignment INTEGER
) STRICT;
CREATE UNIQUE INDEX claim_others_of_record ON claim_others (record, line);
CREATE INDEX claim_others_of_assignment ON claim_others (assignment, record);

CREATE TABLE clause (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    changed_by  INTEGER NOT NULL,
    removed_at  INTEGER,
    import_id   INTEGER,
    own_county  INTEGER NOT NULL,
    own_town    INTEGER NOT NULL,
    own_village INTEGER NOT NULL,
    own_object  INTEGER NOT NULL,
    own_sector  TEXT,
    content     TEXT,
    code        TEXT,
    sector      TEXT,
    standard    TEXT,
    article     TEXT,
    held        INTEGER,
    valid_from  INTEGER,
    valid_to    INTEGER
) STRICT;
CREATE INDEX clause_by_all_code ON clause (code, id) WHERE removed_at IS NULL;
CREATE INDEX clause_by_all_id ON clause (id, code) WHERE removed_at IS NULL;
CREATE INDEX clause_of_import ON clause (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX clause_in_bin ON clause (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE holiday (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    changed_by  INTEGER NOT NULL,
    removed_at  INTEGER,
    import_id   INTEGER,
    own_county  INTEGER NOT NULL,
    own_town    INTEGER NOT NULL,
    own_village INTEGER NOT NULL,
    own_object  INTEGER NOT NULL,
    own_sector  TEXT,
    name        TEXT,
    first_on    INTEGER,
    last_on     INTEGER,
    work        INTEGER,
    source      TEXT,
    name_en     TEXT
) STRICT;
CREATE INDEX holiday_by_all_first_on ON holiday (first_on, id) WHERE removed_at IS NULL;
CREATE INDEX holiday_by_all_id ON holiday (id, first_on) WHERE removed_at IS NULL;
CREATE INDEX holiday_of_import ON holiday (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX holiday_in_bin ON holiday (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE region (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    version       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    created_by    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL,
    changed_by    INTEGER NOT NULL,
    removed_at    INTEGER,
    import_id     INTEGER,
    own_county    INTEGER NOT NULL,
    own_town      INTEGER NOT NULL,
    own_village   INTEGER NOT NULL,
    own_object    INTEGER NOT NULL,
    own_sector    TEXT,
    code          INTEGER,
    name          TEXT,
    level         TEXT,
    parent        INTEGER,
    valid_from    INTEGER,
    valid_to      INTEGER,
    successor     INTEGER,
    boundary_from INTEGER,
    boundary_area INTEGER,
    boundary_mark TEXT
) STRICT;
CREATE INDEX region_by_all_code ON region (code, id) WHERE removed_at IS NULL;
CREATE INDEX region_by_all_name ON region (name, id) WHERE removed_at IS NULL;
CREATE INDEX region_of_parent ON region (parent, id) WHERE removed_at IS NULL AND parent IS NOT NULL;
CREATE INDEX region_of_successor ON region (successor, id) WHERE removed_at IS NULL AND successor IS NOT NULL;
CREATE INDEX region_of_import ON region (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX region_in_bin ON region (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE organisation (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    version       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    created_by    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL,
    changed_by    INTEGER NOT NULL,
    removed_at    INTEGER,
    import_id     INTEGER,
    own_county    INTEGER NOT NULL,
    own_town      INTEGER NOT NULL,
    own_village   INTEGER NOT NULL,
    own_object    INTEGER NOT NULL,
    own_sector    TEXT,
    name          TEXT,
    short_name    TEXT,
    document_word TEXT,
    type          TEXT,
    parent        INTEGER,
    region        INTEGER,
    phone         BLOB,
    phone_hash    BLOB,
    phone_tail    BLOB
) STRICT;
CREATE INDEX organisation_by_all_name ON organisation (name, id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX organisation_one_name ON organisation (name) WHERE removed_at IS NULL AND name IS NOT NULL;
CREATE UNIQUE INDEX organisation_one_document_word ON organisation (document_word) WHERE removed_at IS NULL AND document_word IS NOT NULL;
CREATE INDEX organisation_of_parent ON organisation (parent, id) WHERE removed_at IS NULL AND parent IS NOT NULL;
CREATE INDEX organisation_of_import ON organisation (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX organisation_in_bin ON organisation (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE account (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    changed_by   INTEGER NOT NULL,
    removed_at   INTEGER,
    import_id    INTEGER,
    own_county   INTEGER NOT NULL,
    own_town     INTEGER NOT NULL,
    own_village  INTEGER NOT NULL,
    own_object   INTEGER NOT NULL,
    own_sector   TEXT,
    display_name TEXT,
    name         TEXT,
    post         TEXT,
    certificate  TEXT,
    organisation INTEGER,
    phone        BLOB,
    phone_hash   BLOB,
    phone_tail   BLOB,
    active       INTEGER
) STRICT;
CREATE INDEX account_by_all_display_name ON account (display_name, id) WHERE removed_at IS NULL;
CREATE INDEX account_by_all_id ON account (id, display_name) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX account_one_name ON account (name) WHERE removed_at IS NULL AND name IS NOT NULL;
CREATE INDEX account_of_organisation ON account (organisation, id) WHERE removed_at IS NULL AND organisation IS NOT NULL;
CREATE INDEX account_of_import ON account (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX account_in_bin ON account (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE post (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    changed_by   INTEGER NOT NULL,
    removed_at   INTEGER,
    import_id    INTEGER,
    own_county   INTEGER NOT NULL,
    own_town     INTEGER NOT NULL,
    own_village  INTEGER NOT NULL,
    own_object   INTEGER NOT NULL,
    own_sector   TEXT,
    name         TEXT,
    organisation INTEGER,
    region       INTEGER,
    phone        BLOB,
    phone_hash   BLOB,
    phone_tail   BLOB
) STRICT;
CREATE INDEX post_by_all_name ON post (name, id) WHERE removed_at IS NULL;
CREATE INDEX post_by_county_name ON post (own_county, name, id) WHERE removed_at IS NULL;
CREATE INDEX post_by_town_name ON post (own_town, name, id) WHERE removed_at IS NULL;
CREATE INDEX post_by_all_id ON post (id, own_county, own_town, own_village, name) WHERE removed_at IS NULL;
CREATE INDEX post_by_county_id ON post (own_county, id) WHERE removed_at IS NULL;
CREATE INDEX post_by_town_id ON post (own_town, id) WHERE removed_at IS NULL;
CREATE INDEX post_by_village ON post (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX post_of_organisation ON post (organisation, id) WHERE removed_at IS NULL AND organisation IS NOT NULL;
CREATE INDEX post_of_import ON post (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX post_in_bin ON post (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE assignment (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    version             INTEGER NOT NULL,
    created_at          INTEGER NOT NULL,
    created_by          INTEGER NOT NULL,
    changed_at          INTEGER NOT NULL,
    changed_by          INTEGER NOT NULL,
    removed_at          INTEGER,
    import_id           INTEGER,
    own_county          INTEGER NOT NULL,
    own_town            INTEGER NOT NULL,
    own_village         INTEGER NOT NULL,
    own_object          INTEGER NOT NULL,
    own_sector          TEXT,
    title               TEXT,
    role                TEXT,
    holder_account      INTEGER,
    holder_post         INTEGER,
    holder_organisation INTEGER,
    area                INTEGER,
    sectors             TEXT,
    object              INTEGER,
    post                INTEGER,
    valid_from          INTEGER,
    valid_to            INTEGER,
    basis               TEXT,
    document            TEXT
) STRICT;
CREATE INDEX assignment_by_all_valid_from ON assignment (valid_from, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_by_county_valid_from ON assignment (own_county, valid_from, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_by_town_valid_from ON assignment (own_town, valid_from, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_by_object_valid_from ON assignment (own_object, valid_from, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_by_all_id ON assignment (id, own_county, own_town, own_village, own_object, own_sector, valid_from) WHERE removed_at IS NULL;
CREATE INDEX assignment_by_county_id ON assignment (own_county, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_by_town_id ON assignment (own_town, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_by_object_id ON assignment (own_object, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_of_object ON assignment (own_object);
CREATE INDEX assignment_by_village ON assignment (own_village, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_of_role ON assignment (role, own_county, own_town, own_village, own_object, own_sector, valid_from, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_of_holder_account ON assignment (holder_account, id) WHERE removed_at IS NULL AND holder_account IS NOT NULL;
CREATE INDEX assignment_of_holder_post ON assignment (holder_post, id) WHERE removed_at IS NULL AND holder_post IS NOT NULL;
CREATE INDEX assignment_of_holder_organisation ON assignment (holder_organisation, id) WHERE removed_at IS NULL AND holder_organisation IS NOT NULL;
CREATE INDEX assignment_of_area ON assignment (area, own_county, own_town, own_village, own_object, own_sector, valid_from, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_of_post ON assignment (post, id) WHERE removed_at IS NULL AND post IS NOT NULL;
CREATE INDEX assignment_of_own_sector ON assignment (own_sector, own_county, own_town, own_village, own_object, valid_from, id) WHERE removed_at IS NULL;
CREATE INDEX assignment_of_import ON assignment (import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX assignment_in_bin ON assignment (removed_at, id) WHERE removed_at IS NOT NULL;

CREATE TABLE idempotency (
    account INTEGER NOT NULL,
    key     TEXT NOT NULL,
    body    BLOB NOT NULL,
    kind    TEXT NOT NULL,
    id      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, key)
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (at);

CREATE TABLE record_party (
    kind    TEXT NOT NULL,
    id      INTEGER NOT NULL,
    account INTEGER NOT NULL,
    why     TEXT NOT NULL,
    PRIMARY KEY (kind, id, account, why)
) STRICT;
CREATE INDEX record_party_of_account ON record_party (account, kind, id);

CREATE TABLE ladder_watch (
    kind         TEXT NOT NULL,
    id           INTEGER NOT NULL,
    watch        TEXT NOT NULL,
    version      INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    set_on       INTEGER NOT NULL,
    running      INTEGER NOT NULL,
    next_on      INTEGER NOT NULL,
    counted_with INTEGER NOT NULL,
    PRIMARY KEY (kind, id, watch)
) STRICT;
CREATE INDEX ladder_watch_next ON ladder_watch (next_on, kind, id, watch) WHERE running = 1;
CREATE INDEX ladder_watch_counted ON ladder_watch (counted_with, kind, id, watch) WHERE running = 1;

CREATE TABLE ladder_fired (
    kind       TEXT NOT NULL,
    id         INTEGER NOT NULL,
    watch      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    rung       TEXT NOT NULL,
    planned_on INTEGER NOT NULL,
    fired_at   INTEGER NOT NULL,
    late       INTEGER NOT NULL,
    role       TEXT,
    climbed    INTEGER NOT NULL,
    told       INTEGER NOT NULL,
    PRIMARY KEY (kind, id, watch, version, rung)
) STRICT;

CREATE TABLE ladder_told (
    account INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    id      INTEGER NOT NULL,
    watch   TEXT NOT NULL,
    version INTEGER NOT NULL,
    rung    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    made_up INTEGER,
    PRIMARY KEY (account, kind, id, watch, version, rung)
) STRICT;
CREATE INDEX ladder_told_of ON ladder_told (kind, id, watch, version, rung);
CREATE INDEX ladder_told_made_up ON ladder_told (account, at, made_up, kind, id) WHERE made_up > 0;

CREATE TABLE credential (
    account      INTEGER NOT NULL,
    password     TEXT NOT NULL,
    changed_at   INTEGER NOT NULL,
    wrong_tries  INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    must_change  INTEGER,
    PRIMARY KEY (account)
) STRICT;

CREATE TABLE password_past (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    account  INTEGER NOT NULL,
    password TEXT NOT NULL
) STRICT;
CREATE INDEX password_past_of_account ON password_past (account, id);

CREATE TABLE second_factor (
    account      INTEGER NOT NULL,
    secret       BLOB NOT NULL,
    confirmed_at INTEGER,
    last_step    INTEGER NOT NULL,
    PRIMARY KEY (account)
) STRICT;

CREATE TABLE recovery_code (
    account INTEGER NOT NULL,
    code    BLOB NOT NULL,
    PRIMARY KEY (account, code)
) STRICT;

CREATE TABLE session (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    token    BLOB NOT NULL,
    account  INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL,
    peer     TEXT,
    agent    TEXT
) STRICT;
CREATE UNIQUE INDEX session_by_token ON session (token);
CREATE INDEX session_of_account ON session (account, seen_at);
CREATE INDEX session_by_age ON session (began_at);

CREATE TABLE api_key (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token      BLOB NOT NULL,
    account    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    used_at    INTEGER,
    verbs      TEXT,
    kinds      TEXT,
    per_minute INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX api_key_by_token ON api_key (token);
CREATE INDEX api_key_of_account ON api_key (account, id);

CREATE TABLE audit_forgotten (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    account INTEGER NOT NULL,
    until   INTEGER NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_forgotten_no_change BEFORE UPDATE ON audit_forgotten BEGIN SELECT RAISE(ABORT, 'audit_forgotten only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_forgotten_no_delete BEFORE DELETE ON audit_forgotten BEGIN SELECT RAISE(ABORT, 'audit_forgotten only grows'); END;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    account INTEGER NOT NULL,
    act     TEXT NOT NULL,
    kind    TEXT,
    record  INTEGER,
    detail  TEXT,
    peer    TEXT,
    session INTEGER,
    api_key INTEGER
) STRICT;
CREATE INDEX audit_by_time ON audit (at, id);
CREATE INDEX audit_of_account ON audit (account, at, id);
CREATE INDEX audit_of_kind ON audit (kind, at, id);
CREATE INDEX audit_of_act ON audit (act, at, id);
CREATE INDEX audit_of_record ON audit (kind, record, at, id);
CREATE TRIGGER IF NOT EXISTS audit_no_change BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit WHEN OLD.at >= coalesce((SELECT max(until) FROM audit_forgotten), 0) BEGIN SELECT RAISE(ABORT, 'audit only grows'); END;

CREATE TABLE import (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL,
    file       TEXT NOT NULL,
    account    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    state      TEXT NOT NULL,
    job        INTEGER,
    encoding   TEXT,
    separator  TEXT,
    settings   BLOB,
    report     BLOB,
    row_count  INTEGER NOT NULL,
    imported   INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    rejected   INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    log_size   INTEGER NOT NULL,
    undone     INTEGER NOT NULL,
    left_over  INTEGER NOT NULL,
    began_at   INTEGER,
    ended_at   INTEGER
) STRICT;
CREATE INDEX import_of_account ON import (account, id);
CREATE INDEX import_of_kind ON import (kind, id);

CREATE TABLE import_touch (
    import  INTEGER NOT NULL,
    record  INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (import, record, version)
) STRICT;

CREATE TABLE import_mapping (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    account INTEGER NOT NULL,
    shared  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    mapping BLOB NOT NULL
) STRICT;
CREATE INDEX import_mapping_of_kind ON import_mapping (kind, id);

CREATE TABLE saved_view (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    filter       TEXT NOT NULL,
    sort         TEXT,
    in_columns   TEXT,
    density      TEXT,
    shared       TEXT,
    organisation INTEGER
) STRICT;
CREATE INDEX saved_view_of_account ON saved_view (account, kind);
CREATE INDEX saved_view_shared ON saved_view (shared, kind, organisation);

CREATE TABLE view_choice (
    account     INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    arrangement TEXT NOT NULL,
    first       INTEGER,
    PRIMARY KEY (account, kind)
) STRICT;

CREATE TABLE notice (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL,
    cause      TEXT NOT NULL,
    kind       TEXT,
    record     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    due        INTEGER,
    rung       TEXT,
    instead_of TEXT,
    made_up    INTEGER,
    read_at    INTEGER,
    mail       INTEGER
) STRICT;
CREATE INDEX notice_of_account ON notice (account, id);
CREATE INDEX notice_made_up ON notice (account, at, made_up) WHERE made_up > 0;
CREATE INDEX notice_unread ON notice (account, id) WHERE read_at IS NULL;
CREATE INDEX notice_to_mail ON notice (account, at) WHERE mail = 0;
CREATE INDEX notice_of_mail ON notice (mail) WHERE mail > 0;
CREATE INDEX notice_by_age ON notice (at);

CREATE TABLE notice_setting (
    account    INTEGER NOT NULL,
    address    BLOB,
    causes     TEXT NOT NULL,
    english    INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (account)
) STRICT;

CREATE TABLE history (
    kind    TEXT NOT NULL,
    id      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    actor   INTEGER NOT NULL,
    act     TEXT NOT NULL,
    move    TEXT,
    note    TEXT,
    cause   TEXT NOT NULL,
    changes TEXT NOT NULL,
    peer    TEXT,
    session INTEGER,
    api_key INTEGER,
    PRIMARY KEY (kind, id, version)
) STRICT;
CREATE INDEX history_by_time ON history (at, kind, id, version);
CREATE INDEX history_of_actor ON history (actor, at, kind, id, version);
CREATE INDEX history_of_kind ON history (kind, at, id, version);
CREATE INDEX history_of_act ON history (act, at, kind, id, version);
CREATE TRIGGER IF NOT EXISTS history_no_change BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history only grows'); END;
CREATE TRIGGER IF NOT EXISTS history_no_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history only grows'); END;

CREATE TABLE object (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    county  INTEGER NOT NULL,
    town    INTEGER NOT NULL,
    village INTEGER NOT NULL,
    sector  TEXT
) STRICT;
CREATE INDEX object_by_name ON object (name);

CREATE TABLE object_follow (
    object INTEGER NOT NULL,
    PRIMARY KEY (object)
) STRICT;

CREATE TABLE file (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256      TEXT NOT NULL,
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,
    size        INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL,
    account     INTEGER NOT NULL,
    kind        TEXT,
    record      INTEGER,
    field       TEXT,
    taken_at    INTEGER,
    taken_zone  INTEGER,
    taken_lon   INTEGER,
    taken_lat   INTEGER
) STRICT;
CREATE INDEX file_of_record ON file (kind, record);
CREATE INDEX file_unused ON file (uploaded_at) WHERE record IS NULL;
CREATE INDEX file_unused_of_account ON file (account) WHERE record IS NULL;
CREATE INDEX file_by_content ON file (sha256);

CREATE TABLE search_doc (
    doc    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind   TEXT NOT NULL,
    id     INTEGER NOT NULL,
    tokens TEXT NOT NULL,
    text   TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search_index USING fts5(scope, grams, content='search_doc', content_rowid='doc', columnsize=0, tokenize="ascii tokenchars '_'");

CREATE TABLE job (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    type         TEXT NOT NULL,
    kind         TEXT,
    account      INTEGER NOT NULL,
    api_key      INTEGER,
    state        TEXT NOT NULL,
    args         BLOB NOT NULL,
    done         INTEGER NOT NULL,
    total        INTEGER,
    created_at   INTEGER NOT NULL,
    began_at     INTEGER,
    ended_at     INTEGER,
    result       TEXT,
    problem_code TEXT,
    problem_zh   TEXT,
    problem_en   TEXT,
    file_name    TEXT,
    file_type    TEXT,
    file_size    INTEGER
) STRICT;
CREATE INDEX job_of_account ON job (account, id);
CREATE INDEX job_open ON job (id) WHERE ended_at IS NULL;
CREATE INDEX job_by_end ON job (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE region_boundary (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    region     INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER,
    source     TEXT,
    datum      TEXT NOT NULL,
    west       INTEGER NOT NULL,
    south      INTEGER NOT NULL,
    east       INTEGER NOT NULL,
    north      INTEGER NOT NULL,
    mark       BLOB NOT NULL,
    wkb        BLOB NOT NULL,
    version    INTEGER NOT NULL,
    withdrawn  INTEGER
) STRICT;
CREATE INDEX region_boundary_by_region ON region_boundary (region, valid_from);

CREATE TABLE boundary_cell (
    cell     INTEGER NOT NULL,
    boundary INTEGER NOT NULL,
    PRIMARY KEY (cell, boundary)
) STRICT;
CREATE INDEX boundary_cell_by_boundary ON boundary_cell (boundary);

CREATE TABLE column_choice (
    account   INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    in_list   TEXT,
    in_export TEXT,
    PRIMARY KEY (account, kind)
) STRICT;

CREATE TABLE draft (
    account INTEGER NOT NULL,
    form    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (account, form)
) STRICT;

CREATE TABLE number_series (
    organisation INTEGER NOT NULL,
    word         TEXT NOT NULL,
    year         INTEGER NOT NULL,
    last         INTEGER NOT NULL,
    PRIMARY KEY (organisation, word, year)
) STRICT;

CREATE TABLE mail (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      INTEGER NOT NULL,
    message_id   TEXT NOT NULL,
    state        TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    next_at      INTEGER NOT NULL,
    ended_at     INTEGER,
    problem_code TEXT,
    problem_zh   TEXT,
    problem_en   TEXT
) STRICT;
CREATE INDEX mail_waiting ON mail (next_at, id) WHERE state = 'waiting';
CREATE INDEX mail_of_state ON mail (state, id);
CREATE INDEX mail_by_end ON mail (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE mark (
    account     INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    id          INTEGER NOT NULL,
    followed_at INTEGER NOT NULL,
    opened_at   INTEGER NOT NULL,
    PRIMARY KEY (account, kind, id)
) STRICT;
