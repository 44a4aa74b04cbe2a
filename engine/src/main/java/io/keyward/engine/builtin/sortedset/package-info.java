/** Sorted sets: members in the order of their scores, packed or in a tree, and their commands. */
@NullMarked
package io.keyward.engine.builtin.sortedset;

import org.jspecify.annotations.NullMarked;
