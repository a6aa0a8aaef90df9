/*
** 事故隐患: found → classified → assigned (五落实) → rectifying → fixed → re-checked by another → closed.
** 安全生产法 (2021) art 41, 65; 安全生产事故隐患排查治理暂行规定 (总局令16号). States and guards: hazard reference §4.
*/
#pragma once
#include "record/kind.h"

struct watch; /* domain/ladder.h */

extern const struct kind hazard_kind;
extern const struct watch hazard_rectify, hazard_recheck, hazard_report, hazard_look_back; /* deadlines.c */
extern const struct move hazard_moves[];                                                   /* moves.c */
enum { HAZARD_MOVES = 27 };
struct hazard;
bool hazard_is_major(const struct hazard *h);
/* Is its deadline running: assigned, and not yet handed in? */
bool hazard_in_repair(const struct hazard *h);
/* Which of the five arrangements (list "arrangement") are not known: ",funds,due,", or NULL where all are. */
const char *hazard_lacking(const struct hazard *h, struct arena *arena);

/*
** 回头看 (hazard reference §7): every major hazard is looked back at within six months of its closing. Of general ones a
** tenth each quarter is asked for: of every eight numbers in a row one is drawn, and is due three months after its closing.
*/
enum { HAZARD_DRAWN_OF = 8 };
bool hazard_is_drawn(int64_t id);
/* The rule by which a closed hazard of that number is due; NULL: it need not be looked back at. */
const char *hazard_look_back_rule(const struct hazard *h);

enum hazard_state {
    HAZARD_FOUND,
    HAZARD_CLASSIFIED,
    HAZARD_ASSIGNED,
    HAZARD_OBJECTED, /* the unit says it is not its, or no hazard; the deadline runs on */
    HAZARD_RECTIFYING,
    HAZARD_EXTENSION, /* more time is asked for; until it is granted the old deadline runs (decision 25) */
    HAZARD_SUSPENDED, /* repair is stopped by order or by what nobody can help: no deadline runs */
    HAZARD_FIXED,
    HAZARD_CLOSED,
    HAZARD_ENDED, /* the unit itself was closed */
};

struct hazard {
    struct record is;
    int64_t state;
    const char *description;
    int64_t object;
    const char *location;
    struct place place;
    int64_t found_on;
    const char *source;
    const char *category;
    const char *level;
    const char *clause;
    /* report of a major hazard to the department (总局令16号 art 14); its third part is the treatment plan */
    int64_t major_on; /* the day it was classified as one, by a move; a ledger's row has none */
    int64_t reported_on;
    int64_t reported_to;
    int64_t congress_on; /* the day the staff congress was told of it and of its treatment (安全生产法 art 41) */
    const char *report_cause;
    const char *report_analysis;
    const char *photos;
    const char *external_no;
    const char *external_type; /* how the source ledger sorts it, in its own words */
    int64_t reporter;          /* the account it was entered by; unknown of a ledger's row */
    const char *finder;        /* the name alone: whoever found it need not be an account */
    int64_t fine;              /* fen */
    int64_t fine_first;        /* fen, before an appeal or a settlement changed it */
    /* 五落实: measures, responsible person, funds, deadline, contingency plan */
    const char *measures;
    int64_t responsible;
    const char *responsible_name; /* of a person who is no account here */
    int64_t funds;                /* fen; 0 is "no cost", said explicitly */
    int64_t due;                  /* the whole day belongs to the period */
    const char *contingency;
    const char *lacks; /* of the five, while it is assigned or being rectified: a ledger's row may come without */
    /* treatment plan of a major hazard: its other parts are the five arrangements */
    const char *plan_goal;
    int64_t plan_signed_on;
    int64_t assigner;
    int64_t assigned_on;
    /* By an instruction that stands (enforcement/paper.c); one that was fulfilled is no order any more. */
    int64_t ordered_on;
    /* How high the highest stood who assigned it or set its deadline: a standing (access/roles.h). */
    const char *set_level;
    const char *reason; /* of the last move that needs one; all of them stand in the history */
    int64_t extension_to;
    int64_t extension_by;
    int64_t extensions;
    /* rectification */
    const char *rectification;
    const char *evidence;
    const char *assessment;
    int64_t rectifier;
    int64_t fixed_on;
    /* re-check */
    const char *opinion;
    int64_t site_review_on;
    int64_t rechecker;
    const char *rechecker_name;
    int64_t recheck_on; /* of the last re-check, passed or returned */
    int64_t returns;
    int64_t closed_on;
    int64_t
        recheck_from; /* the period to re-check counts from this day, which may lie ahead; or counted, the last time */
    /* after the closing: the last look-back. Another is due by a day that is known only while it is. */
    int64_t look_back_due;
    int64_t look_back_on;
    int64_t look_back_by;
    const char *look_back_result;
    const char *look_back_opinion;
    const char *look_back_photos;
    int64_t look_backs; /* those that found it back too */
    int64_t reopened;
    int64_t repeated;
    int64_t repeat_of; /* the hazard it repeats: same unit, same clause, within twelve months */
    int64_t first_closer;
    int64_t first_closed_on;
    /* 挂牌督办 is a flag beside the state */
    const char *lists; /* a major one: the level that lists it */
    const char *listed_level;
    const char *listing_no;
    int64_t listed_on;
    int64_t delisted_on;
    const char *closure_document;
};
