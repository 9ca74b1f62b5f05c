/*
 * version - of the toolkit, one for all its programs
 */

#ifndef COREDNS_VERSION_H
#define COREDNS_VERSION_H

#define CORE_VERSION "0.1.0"

#endif
