/*
 * report - what the supervisor tells the `start` that waits for it
 */

#ifndef CTL_REPORT_H
#define CTL_REPORT_H

/* Sends lines of text and the exit code; they are taken to be complete when
   the pipe is closed. */
void
    report_send(int pipe, int exit_code, const char *text);

/* Waits for them, prints the lines to standard error and returns the exit
   code; 1 when the other side ended without a word. */
int
    report_receive(int pipe);

/* Prints lines to standard error, each with "corednsctl: " unless another
   program's name stands there already. */
void
    report_print(const char *text);

#endif
