/** The commands on lists, those included that wait for an element. */
@NullMarked
package io.keyward.engine.builtin.list;

import org.jspecify.annotations.NullMarked;
