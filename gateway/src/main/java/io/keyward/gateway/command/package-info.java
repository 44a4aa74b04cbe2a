/** Commands that need the running server: login, configuration, INFO, shutdown. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.command;
