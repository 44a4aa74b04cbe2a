/**
 * The built-in engine: keyspaces in this process, and the way of a command through one.
 *
 * <p>A {@link io.keyward.engine.builtin.BuiltinKeyspace} has its databases, channels and blocked
 * clients; a {@link io.keyward.engine.builtin.Home} is what all keyspaces of one event loop share.
 * Commands stand in the packages below, one for each family.
 */
@NullMarked
package io.keyward.engine.builtin;

import org.jspecify.annotations.NullMarked;
