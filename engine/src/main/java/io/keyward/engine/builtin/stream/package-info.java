/** Streams: entries in the order of their ids, packed as Redis packs them, and their commands. */
@NullMarked
package io.keyward.engine.builtin.stream;

import org.jspecify.annotations.NullMarked;
