/*
 * notify - telling systemd how we are, as sd_notify(3) does
 *
 * The protocol is one datagram, not worth a library.
 */

#include "ctl/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void
notify_send(const char *lines)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (path == NULL || strchr("/@", *path) == NULL
        || strlen(path) >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (*path == '@')
        address.sun_path[0] = '\0';     /* an abstract name */

    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd == -1)
        return;
    sendto(fd, lines, strlen(lines), MSG_NOSIGNAL,
           (struct sockaddr *) &address,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path)
                       + strlen(path)));
    close(fd);
}
