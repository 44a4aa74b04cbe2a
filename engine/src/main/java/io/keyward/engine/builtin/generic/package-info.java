/**
 * The commands on keys of any type: life, names, walks, sorting, and what OBJECT and MEMORY tell.
 */
@NullMarked
package io.keyward.engine.builtin.generic;

import org.jspecify.annotations.NullMarked;
