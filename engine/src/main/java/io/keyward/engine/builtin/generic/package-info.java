/** The commands on keys of any type: life, names, walks, and what OBJECT tells. */
@NullMarked
package io.keyward.engine.builtin.generic;

import org.jspecify.annotations.NullMarked;
