/*
 * nearest - the word that was probably meant
 *
 * core_nearest() is declared in coredns/setting.h; this is one step of it, for
 * words that do not stand in one array.
 */

#ifndef LIB_NEAREST_H
#define LIB_NEAREST_H

/*
 * Of best (may be NULL) and candidate the one nearer to word, or NULL when
 * neither is near enough.  The order of the calls makes no difference.
 */
const char *
    core_nearer(const char *word, const char *best, const char *candidate);

#endif
