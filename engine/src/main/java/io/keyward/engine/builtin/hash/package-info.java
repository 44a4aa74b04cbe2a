/** The commands on hashes. */
@NullMarked
package io.keyward.engine.builtin.hash;

import org.jspecify.annotations.NullMarked;
