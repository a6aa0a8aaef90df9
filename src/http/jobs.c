#include "http/jobs.h"

#include "jobs/jobs.h"

int jobs_needed(const struct visit *v, struct error *err)
{
    return v->web->house->jobs
               ? 0
               : fail(err, FAULT_UNAVAILABLE, "job.none", "后台任务没有启动", "No jobs are worked off here");
}

int jobs_list(struct visit *v, struct error *err)
{
    if (jobs_needed(v, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    if (jobs_put(v->web->house->jobs, v->db, &v->actor, v->english, &v->json, err) < 0)
        return -1;
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}

int job_read(struct visit *v, struct error *err)
{
    return jobs_needed(v, err) < 0 ? -1
                                   : job_put(v->web->house->jobs, v->db, &v->actor, v->id, v->english, &v->json, err);
}

int job_cancel(struct visit *v, struct error *err)
{
    if (jobs_needed(v, err) < 0 || jobs_cancel(v->web->house->jobs, &v->actor, v->id, err) < 0)
        return -1;
    return job_read(v, err);
}

int job_download(struct visit *v, struct error *err)
{
    const char *name, *type;
    if (jobs_needed(v, err) < 0 || job_file(v->web->house->jobs, v->db, &v->actor, v->id, v->arena, &v->rs->fd,
                                            &v->rs->fd_size, &name, &type, err) < 0)
        return -1;
    v->rs->type = type;
    response_header(v->rs, "Content-Disposition", disposition(v->arena, "attachment", name));
    return 0;
}
