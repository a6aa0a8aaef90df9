/* Every ceiling of the product in one place. Raising one is a decision about memory, time or abuse; say why beside it. */
#pragma once

enum {
    LIMIT_BODY = 1 << 20,        /* bytes of a JSON request body */
    LIMIT_UPLOAD = 20 << 20,     /* bytes of one uploaded file; refused from Content-Length */
    LIMIT_BODIES = 256 << 20,    /* bytes of all request bodies in memory at once */
    LIMIT_SPOOLS = 64,           /* uploads being received at once */
    LIMIT_REPLY = 16 << 20,      /* bytes of a JSON reply: 200 rows of the widest kind with room to spare */
    LIMIT_HEADER = 24 << 10,     /* bytes of the request head */
    LIMIT_QUERY = 64,            /* query parameters of one request */
    LIMIT_PAGE = 200,            /* rows of one list page */
    LIMIT_COUNT = 10000,         /* rows counted before "10,000+" */
    LIMIT_GRANTS = 8,            /* assignments in force that give one person rights: the parts of a scope */
    LIMIT_SUPERVISED = 4096,     /* objects one organisation supervises one by one */
    LIMIT_FIELDS = 128,          /* fields of a kind: two 64-bit masks */
    LIMIT_LINES = 200,           /* child rows of one field of one record */
    LIMIT_FILES = 30,            /* files in one field of one record */
    LIMIT_STREAMS = 2000,        /* event streams open at once */
    LIMIT_WRITERS = 4096,        /* changes waiting for the writer; one more gets 503 */
    LIMIT_IMPORT_ROWS = 1000000, /* rows of one import file */
    LIMIT_CELL = 32767,          /* bytes of one imported cell: what a spreadsheet itself allows */
    LIMIT_PASSWORD = 256,        /* bytes: Argon2id reads them all, so cap the work */
};
