/*
 * notify - telling systemd how we are, as sd_notify(3) does
 */

#ifndef CTL_NOTIFY_H
#define CTL_NOTIFY_H

/*
 * Sends lines such as "READY=1\nSTATUS=all is well" to the socket that the
 * environment variable NOTIFY_SOCKET names; does nothing without one.
 */
void
    notify_send(const char *lines);

#endif
