/**
 * Where the built-in engine's bytes live: pages cut into slots, the entries in them, and the
 * dictionary that finds an entry by its key.
 *
 * <p>All of it belongs to one event loop and is touched by no other thread.
 */
@NullMarked
package io.keyward.engine.builtin.memory;

import org.jspecify.annotations.NullMarked;
