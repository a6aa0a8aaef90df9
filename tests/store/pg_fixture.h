/*
** A PostgreSQL server for tests. If ANLAN_TEST_PG holds the address of a server, that one is used and only fresh
** databases are made in it (and dropped at exit); else a private server is started once per process in a folder of its
** own, on a UNIX socket, and goes away with the process however that ends: a keeper process sees the pipe to the test
** close, stops the server and removes the folder.
**
** Linguistic ordering (ICU, Chinese) is the private server's default, so a column that forgot to ask for comparison by
** bytes is noticed.
*/
#pragma once

/* The address of the server's maintenance database. Ends the process with a message if no server can be had. */
const char *pg_fixture_url(void);

/* The address of a fresh empty database; the caller frees it with memory_free. */
char *pg_fixture_database(void);

/* A private server whatever ANLAN_TEST_PG says, for tests that take it down: fresh databases on it, killing it the hard
** way, starting it again. */
char *pg_fixture_private_database(void);
void pg_fixture_private_kill(void);
void pg_fixture_private_start(void);
