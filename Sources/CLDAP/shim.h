/* What Swift cannot import from libldap and liblber, as static inline functions. Each says why it is here. */
#ifndef HSASYNC_CLDAP_SHIM_H
#define HSASYNC_CLDAP_SHIM_H

#include <stdio.h> /* before ldif.h, which uses FILE without including it */
#include <sys/eventfd.h>
#include <sys/time.h>
#include <lber.h>
#include <ldap.h>
#include <ldap_schema.h>
#include <ldif.h>
#include <openldap.h> /* ldap_init_fd */
#include <sasl/sasl.h>

/* LDAP_OPT_ON is the address of a global variable, a macro that Swift does not import, and the variable
   behind it would count as shared mutable state. */
static inline int cldap_set_flag(LDAP *handle, int option, int on)
{
	return ldap_set_option(handle, option, on ? LDAP_OPT_ON : LDAP_OPT_OFF);
}

/* The option takes the address of an int; from Swift it would need a pointer to a temporary at each call. */
static inline int cldap_set_int(LDAP *handle, int option, int value)
{
	return ldap_set_option(handle, option, &value);
}


/* EFD_CLOEXEC is a member of an anonymous enum, imported with an unstable type. */
static inline int cldap_eventfd(void)
{
	return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

#endif
