/** The server as a program: command line, start and stop, import and export, logging. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway;
