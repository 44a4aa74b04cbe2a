/** The operator's commands on keys that live on other event loops than the operator. */
@NullMarked
package io.keyward.engine.builtin.overview;

import org.jspecify.annotations.NullMarked;
