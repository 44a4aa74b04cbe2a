/** The server as a program: command line, start and stop. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway;
