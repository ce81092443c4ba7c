/**
 * Ask other hosts over HTTP for programs. Law: a host is asked only if the program's permission names it, and an address only if it is
 * public or the operator names the host, at every redirect and every connection.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.web;
