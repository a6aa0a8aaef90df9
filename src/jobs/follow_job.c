#include "jobs/follow_job.h"

#include "base/log.h"
#include "domain/object/object.h"

int follow_later(struct house *house, const struct actor *actor, struct error *err)
{
    int64_t id;
    json_t *args = json_object();
    int got = jobs_add(house->jobs, actor, follow_job.name, NULL, args, &id, err);
    json_decref(args);
    return got;
}

int follow_resume(struct house *house, struct error *err)
{
    struct db *db;
    struct actor program = actor_program();
    int64_t one;
    bool orphaned;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = db_get_int(db,
                         "SELECT object FROM object_follow WHERE NOT EXISTS (SELECT 1 FROM job WHERE ended_at IS NULL "
                         "AND type = ?) LIMIT 1",
                         BIND(value_text(follow_job.name)), &one, &orphaned, err);
    store_reader_back(house->store, db);
    return got < 0 || !orphaned ? got : follow_later(house, &program, err);
}

static int count_left(struct house *house, int64_t *rows, struct error *err)
{
    struct db *db;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = object_follow_left(db, rows, err);
    store_reader_back(house->store, db);
    return got;
}

static int run_follow(struct job *job, struct error *err)
{
    int64_t total, done = 0, moved;
    bool more;
    if (count_left(job->house, &total, err) < 0)
        return -1;
    job_progress(job, 0, total);
    do {
        if (job_leaving(job))
            return job_stopped(err);
        if (object_follow_step(job->house, &moved, &more, err) < 0)
            return -1;
        done += moved;
        job_progress(job, done, total > done ? total : done);
    } while (more);
    json_object_set_new(job->result, "rows", json_integer(done));
    object_follow_tell(job->house);
    return 0;
}

static void follow_here(struct house *house, const json_t *args)
{
    struct error err = { 0 };
    (void)args;
    if (object_follow(house, &err) < 0)
        log_event(LOG_WARN, "object.follow", "why", err.en, NULL);
}

const struct job_type follow_job = { .name = "follow",
                                     .label = { "随同移交", "What follows a moved object" },
                                     .resumes = true,
                                     .run = run_follow,
                                     .dropped = follow_here };
