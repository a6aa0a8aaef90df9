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
    LIMIT_BULK = 10000,          /* records of one act over many: what one preview can still be looked through for */
    LIMIT_TODO = 1000,           /* rows counted of one group of a to-do list before "999+" */
    LIMIT_GRANTS = 8,            /* assignments in force that give one person rights: the parts of a scope */
    LIMIT_SUPERVISED = 4096,     /* objects one organisation supervises one by one */
    LIMIT_FIELDS = 128,          /* fields of a kind: two 64-bit masks */
    LIMIT_LINES = 200,           /* child rows of one field of one record */
    LIMIT_FILES = 30,            /* files in one field of one record */
    LIMIT_STREAMS = 2000,        /* event streams open at once */
    LIMIT_WRITERS = 4096,        /* changes waiting for the writer; one more gets 503 */
    LIMIT_IMPORT_ROWS = 1000000, /* rows of one import file */
    /* Characters of one cell that is read, or written into a workbook: what a spreadsheet itself takes, counted as it does
    ** (utf8_units). LIMIT_CELL_BYTES: the bytes these can have, for buffers alone. */
    LIMIT_CELL = 32767,
    LIMIT_CELL_BYTES = 4 * LIMIT_CELL,
    LIMIT_TOLD = 20,          /* people one rung of a ladder tells; a post held by more is no post */
    LIMIT_LADDER = 10000,     /* records one run of the ladders looks at; the next minute goes on */
    LIMIT_JOBS_PERSON = 5,    /* jobs one person has waiting or running */
    LIMIT_JOBS = 200,         /* jobs waiting or running in all */
    LIMIT_MAPPINGS = 50,      /* saved import mappings of one person */
    LIMIT_VIEWS = 30,         /* saved views of one person and kind; as many shared in one organisation or by all */
    LIMIT_VIEW_COUNT = 999,   /* rows counted for the number on a tab before "999+" */
    LIMIT_DRAFTS = 100,       /* unfinished forms of one person; one more forgets the oldest */
    LIMIT_DRAFT = 128 << 10,  /* bytes of one unfinished form */
    LIMIT_BOUNDARY = 5 << 20, /* bytes of one boundary as GeoJSON; collections take LIMIT_UPLOAD */
    LIMIT_VERTICES = 200000,  /* points of one boundary: a province's coast has fewer; 3 MB as stored */
    LIMIT_FEATURES = 5000,    /* features of one collection: the villages of a large county several times over */
    LIMIT_AREAS = 128 << 20,  /* bytes of boundaries kept ready for look-ups */
    LIMIT_PASSWORD = 256,     /* bytes: Argon2id reads them all, so cap the work */
    /* Signing in and how much one may ask. A bucket holds a minute's worth and fills evenly; beyond it 429. The rates are
    ** the usual ones: a house settles its own ([limits] of app/options.c). */
    LIMIT_SESSIONS = 50,         /* of one account at once; one more ends the one that rested longest */
    LIMIT_KEYS = 50,             /* valid API keys of one account */
    LIMIT_SESSION_RATE = 6000,   /* requests a minute of one session: a page opens with a dozen, nobody clicks more */
    LIMIT_KEY_RATE = 60000,      /* of one API key, unless it was made for less: an exchange with another system */
    LIMIT_ADDRESS_RATE = 120000, /* of one address: a whole authority may stand behind one */
    LIMIT_VERIFY_RATE = 30,      /* check codes a minute of one address: typed by hand, never tried one after another */
    LIMIT_LOOK_UP_RATE = 30,     /* a minute of one person by a personal value: whom one is on the phone with */
    LIMIT_AUDIT_ROWS = 100000,   /* rows of one export of the audit trail */
    LIMIT_RATES = 8192,          /* sessions, keys and addresses remembered at once; the quietest is forgotten */
};
