/* What Swift cannot import from libldap and liblber, as static inline functions. Each says why it is here. */
#ifndef HSASYNC_CLDAP_SHIM_H
#define HSASYNC_CLDAP_SHIM_H

#include <stdio.h> /* before ldif.h, which uses FILE without including it */
#include <sys/time.h>
#include <lber.h>
#include <ldap.h>
#include <ldap_schema.h>
#include <ldif.h>
#include <openldap.h> /* ldap_init_fd */
#include <sasl/sasl.h>

#endif
