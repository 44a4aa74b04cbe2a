/** Encryption of client connections, with certificates that may change while the server runs. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.tls;
