/*
 * verbs - all that corednsctl can be asked to do, as a table
 */

#ifndef CTL_VERBS_H
#define CTL_VERBS_H

/* The main() of corednsctl. */
int
    verbs_main(int argc, char **argv);

#endif
