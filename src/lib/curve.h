/*
 * curve - endpoints between hosts: tcp whose both ends must show their keys
 *
 *   curve://US:THEM@ADDRESS:PORT/FOLDER    to connect
 *   curve://US@ADDRESS:PORT/FOLDER         to bind
 *
 * FOLDER is absolute and holds certificates as czmq's zcert writes them, named
 * after the hosts: US_secret is the key pair of this host, THEM and all other
 * files without "_secret" are the public keys of those who may connect.
 */

#ifndef LIB_CURVE_H
#define LIB_CURVE_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/fault.h"

#define CURVE_SCHEME "curve://"
#define CURVE_SECRET_SUFFIX "_secret"   /* of the file with a host's pair */
#define CURVE_NAME_SIZE 64
#define CURVE_KEY_SIZE 32
#define CURVE_DOMAIN "coredns"          /* of ZAP */

struct curve {
    char us[CURVE_NAME_SIZE];
    char them[CURVE_NAME_SIZE];         /* "": not said */
    char transport[128];                /* "tcp://ADDRESS:PORT" */
    char folder[128];
};

/* Takes an endpoint apart; -1 and a fault when it is none of ours. */
int
    curve_parse(struct curve *self, const char *endpoint,
                struct core_fault *fault);

/* Reads the public key of that name; -1 and a fault. */
int
    curve_public_key(const char *folder, const char *name,
                     uint8_t key[CURVE_KEY_SIZE], struct core_fault *fault);

/*
 * Gives a socket the keys of one who binds, or of one who connects.  Whoever
 * binds has made a zap before and ends it after the socket: without anybody who
 * answers for ZAP libzmq lets everybody in who has keys, whichever.
 */
int
    curve_serve(const struct curve *self, void *socket,
                struct core_fault *fault);
int
    curve_ask(const struct curve *self, void *socket,
              struct core_fault *fault);

#endif
