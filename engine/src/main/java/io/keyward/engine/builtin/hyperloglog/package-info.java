/** The commands that estimate how many different elements have been seen, in a few kilobytes. */
@NullMarked
package io.keyward.engine.builtin.hyperloglog;

import org.jspecify.annotations.NullMarked;
